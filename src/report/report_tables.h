/*
 * report_tables.h: what every report ends with: what the vocabulary loses, all
 * settings, the command, and the figures for programs.
 */
#ifndef REPORT_TABLES_H
#define REPORT_TABLES_H

#include <jansson.h>
#include <stdio.h>

/* A figure at the head of the page: its name, its number, and a line below. */
void report_tile_begin(FILE *stream, const char *name);
void report_tile_end(FILE *stream);

/* {"queries": counts, "titles": counts}, as cli_vocabulary.h has them; words of
 * queries that are not known, {"word": queries}, or NULL. */
void report_vocabulary(FILE *stream, const json_t *counts,
                       const json_t *unknown);

/* {"tower": {"dim": 384, ...}, ...}. */
void report_settings(FILE *stream, const json_t *parts);

void report_command(FILE *stream, const char *command);

/* The object that the verb prints, whole. */
void report_figures(FILE *stream, const json_t *figures);

#endif
