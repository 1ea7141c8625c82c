/* atomic_file.h: replaces a file as a whole: at any moment its path is the old
 * file or the new one, after a crash or a SIGKILL too. */
#ifndef SM_ATOMIC_FILE_H
#define SM_ATOMIC_FILE_H

#include "common/stream.h"

typedef struct sm_atomic_file sm_atomic_file;

/*
 * A new file in the folder of path, written through *writer (borrowed).
 * Symbolic links of path are followed, so a link stays one. A device is written
 * to as it stands; a folder, a pipe or a socket is SIAMESE_E_IO, as is a file
 * that may not be written. Every SIAMESE_E_IO names path and reason.
 *
 * The file has no name until it is whole (O_TMPFILE), so a process that dies
 * leaves nothing behind. Where the file system has no such files, and in the
 * moment between naming the new file and renaming it over the old one, there is
 * a file ".NAME.siamese-new" beside it, locked (flock) by the process that
 * writes it. One without a lock is of a process that died: the next save to the
 * same path removes it. When one is in use, ".NAME.siamese-new1" and so on.
 */
sm_status sm_atomic_file_create(sm_atomic_file **out, const char *path,
                                sm_writer **writer);

/* Syncs the file, gives it its name and syncs the folder. */
sm_status sm_atomic_file_commit(sm_atomic_file *file);

/* Without a commit before it nothing has changed and nothing stays. */
void sm_atomic_file_free(sm_atomic_file *file);

#endif
