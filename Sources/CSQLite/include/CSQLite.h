// SQLite's setting of itself is a variadic function, which Swift cannot call.
#ifndef CSQLITE_H
#define CSQLITE_H

/// Has SQLite keep no count of the memory it uses. Before its first connection, or it answers SQLITE_MISUSE.
int csqlite_keep_no_memory_count(void);

#endif
