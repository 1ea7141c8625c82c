#include "golden/support/golden_cases.h"

#include <stdio.h>
#include <stdlib.h>

#include "golden/support/golden_files.h"
#include "golden/support/golden_model.h"
#include "golden/support/golden_text.h"

/* maker: "keras" or "torch", the package that made the vectors. */
static size_t run_models(golden_report *report, const char *group,
                         const char *maker)
{
    golden_names names = golden_list(group);
    size_t found = 0;
    for (size_t i = 0; i < names.count; i++) {
        char *const folder = golden_path(group, names.items[i]);
        if (golden_exists(folder, "config.json")) {
            char name[300];
            snprintf(name, sizeof name, "%s/%s", maker, names.items[i]);
            report->name = name;
            golden_run_model(report, group, names.items[i]);
            report->name = NULL;
            found++;
        }
        free(folder);
    }
    golden_names_free(&names);
    return found;
}

size_t golden_run_all(golden_report *report, const char *folder)
{
    static const char *const makers[] = {"keras", "torch"};
    size_t found = 0;
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
        char *const group = golden_path(folder, makers[i]);
        if (golden_exists(group, "text/cases.json")) {
            golden_run_texts(report, group);
            found++;
        }
        found += run_models(report, group, makers[i]);
        free(group);
    }
    return found;
}
