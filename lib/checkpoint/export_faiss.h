/* export_faiss.h: an index as a file of FAISS's, in the public header; here, since
 * files that are whole or as before are made on this floor. */
#ifndef SM_EXPORT_FAISS_H
#define SM_EXPORT_FAISS_H

#include <siamese/siamese.h>

#endif
