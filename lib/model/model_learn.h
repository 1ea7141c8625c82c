/* model_learn.h: the weights by which a model's ranker ranks, learned from some
 * of the queries that it is trained on. During a run, before its first step. */
#ifndef SM_MODEL_LEARN_H
#define SM_MODEL_LEARN_H

#include "model/model_run.h"

/*
 * Puts weights into model->learned, if the ranker is to have some, has none and
 * there are queries enough. What goes wrong but a cancel and memory ends the
 * learning, not the run: the host is warned, and the ranker stays fixed.
 */
sm_status sm_model_learn(sm_model_run *run);

#endif
