/* trainer_options.h: the options of a trainer as a table. */
#ifndef SM_TRAINER_OPTIONS_H
#define SM_TRAINER_OPTIONS_H

#include "common/options.h"

extern const sm_option_table sm_trainer_option_table;

#endif
