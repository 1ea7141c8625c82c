/*
 * cli_parameters.h: the weights of a tower as one .npy file each, NAME.npy in a
 * folder. siamese export and siamese bench train write them so.
 */
#ifndef CLI_PARAMETERS_H
#define CLI_PARAMETERS_H

#include <siamese/siamese.h>

/* Into a folder that is there; the files are outputs still to be committed. */
void cli_parameters_write(const char *folder, const siamese_tower *tower);

#endif
