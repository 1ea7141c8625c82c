/* cli_parameters.c: a tower in, its parameters' files out. For cmd_export and
 * benchmark_train. */
#include "model/cli_parameters.h"

#include <stdlib.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "data/cli_npy.h"

void cli_parameters_write(const char *folder, const siamese_tower *tower)
{
    for (size_t i = 0; i < siamese_tower_parameter_count(tower); i++) {
        siamese_parameter_info info = {.struct_size = sizeof info};
        cli_try(siamese_tower_parameter_info(tower, i, &info));
        float *const values = cli_alloc(info.count, sizeof *values);
        cli_try(siamese_tower_parameter_get(tower, info.name, values,
                                            info.count, NULL));
        char *const path = cli_format("%s/%s.npy", folder, info.name);
        cli_npy_write(path, values, info.shape, info.rank);
        free(path);
        free(values);
    }
}
