/*
 * count_instructions: a plugin of qemu-user that counts the instructions that a
 * program executes; "instructions N" on standard error at its end.
 *
 * qemu ships no header for plugins with its programs, so that what is used of
 * its interface (version 1, of qemu 4.2 to 8.2) is declared here. A block of
 * translated code is counted as it begins. For bench/kernel_counts.sh.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_info;
enum { NO_REGISTERS, INTERFACE };

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
void qemu_plugin_register_vcpu_tb_trans_cb(
    plugin_id id, void (*translated)(plugin_id, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *block,
                                          void (*executed)(unsigned, void *),
                                          int flags, void *user);
void qemu_plugin_register_atexit_cb(plugin_id id,
                                    void (*ended)(plugin_id, void *),
                                    void *user);

extern int qemu_plugin_version;
int qemu_plugin_install(plugin_id id, const struct qemu_info *info, int argc,
                        char **argv);

int qemu_plugin_version = INTERFACE;
static uint64_t instructions;

static void executed(unsigned cpu, void *count)
{
    (void)cpu;
    __atomic_fetch_add(&instructions, (uintptr_t)count, __ATOMIC_RELAXED);
}

static void translated(plugin_id id, struct qemu_plugin_tb *block)
{
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_cb(
        block, executed, NO_REGISTERS,
        (void *)(uintptr_t)qemu_plugin_tb_n_insns(block));
}

static void ended(plugin_id id, void *user)
{
    (void)id;
    (void)user;
    fprintf(stderr, "instructions %" PRIu64 "\n", instructions);
}

int qemu_plugin_install(plugin_id id, const struct qemu_info *info, int argc,
                        char **argv)
{
    (void)info;
    (void)argc;
    (void)argv;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, ended, NULL);
    return 0;
}
