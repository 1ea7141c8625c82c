"""openmp.py: libsiamese beside faiss-cpu and numpy in one process. The order of
import in; "ok" or the first thing that is wrong out. For openmp.sh, which sets
OMP_NUM_THREADS and OPENBLAS_NUM_THREADS; threads are counted in /proc/self/task.
"""
import ctypes
import os
import signal
import sys
import threading
from ctypes import byref, c_char_p, c_int64, c_size_t, c_void_p

ORDER = sys.argv[1]  # siamese-first, faiss-first or faiss-global
THREADS = int(sys.argv[2])  # of each of our indexes
HOSTS = 3  # threads of Python that search at once
OMP = int(os.environ["OMP_NUM_THREADS"])
BLAS = int(os.environ["OPENBLAS_NUM_THREADS"])
DIM, COUNT, QUERIES, K = 32, 20000, 200, 10


def expect(condition, *what):
    if not condition:
        print(*what)
        sys.exit(1)


def tasks():
    return len(os.listdir("/proc/self/task"))


def load_siamese():
    global lib
    lib = ctypes.CDLL("libsiamese.so.0")
    lib.siamese_last_error.restype = c_char_p


def load_faiss():
    global faiss, numpy
    if ORDER == "faiss-global":
        sys.setdlopenflags(os.RTLD_NOW | os.RTLD_GLOBAL)
    import faiss
    import numpy


def call(name, *args):
    sized = [c_size_t(a) if isinstance(a, int) else a for a in args]
    expect(getattr(lib, "siamese_" + name)(*sized) == 0, name,
           lib.siamese_last_error())


def pointer(array):
    return c_void_p(array.ctypes.data)


def build(vectors):
    """A trained index of all vectors, one probe for each of its lists."""
    options = ctypes.create_string_buffer(1024)
    index = c_void_p()
    ids = numpy.arange(COUNT, dtype=numpy.int64)
    call("index_options_init", options, len(options))
    for name, value in (("nlist", 64), ("nprobe", 64), ("threads", THREADS)):
        call("index_options_set", options, name.encode(), b"%d" % value)
    call("index_create", byref(index), DIM, options)
    call("index_train", index, pointer(vectors), COUNT)
    call("index_add", index, pointer(ids), pointer(vectors), COUNT)
    return index


def search(index, queries):
    ids = numpy.zeros((len(queries), K), dtype=numpy.int64)
    scores = numpy.zeros((len(queries), K), dtype=numpy.float32)
    call("index_search", index, pointer(queries), len(queries), K, None,
         pointer(ids), pointer(scores), ids.size, None)
    return ids, scores


def same(found, wanted):
    """The scores; sums are taken in another order there. Ids where they are
    told apart by it."""
    return numpy.allclose(found[1], wanted[1], rtol=1e-4, atol=1e-4) and \
        (found[0] == wanted[0]).mean() > 0.99


def in_a_child(index, queries, vectors, wanted):
    """The child goes on with the parent's index, FAISS's own code in it too."""
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        right = same(search(index, queries), wanted)
        removed = numpy.arange(100, dtype=numpy.int64)
        call("index_remove", index, pointer(removed), 100, None)
        call("index_add", index, pointer(removed), pointer(vectors), 100)
        right = right and same(search(index, queries), wanted)
        built = build(vectors)
        right = right and same(search(built, queries), wanted)
        right = right and tasks() <= 1 + 2 * (THREADS - 1)
        os._exit(0 if right else 3)
    expect(os.waitpid(child, 0)[1] == 0, "the child of a fork failed")


def main():
    for load in ((load_siamese, load_faiss) if ORDER == "siamese-first"
                 else (load_faiss, load_siamese)):
        load()
    random = numpy.random.default_rng(5)
    vectors = random.standard_normal((COUNT, DIM), dtype=numpy.float32)
    queries = random.standard_normal((QUERIES, DIM), dtype=numpy.float32)
    exact = numpy.argsort(-(queries @ vectors.T), axis=1, kind="stable")[:, :K]
    wanted = exact, numpy.take_along_axis(queries @ vectors.T, exact, axis=1)

    # Ours starts its own threads and no other, whatever OpenMP is told.
    before = tasks()
    expect(before <= BLAS, "importing started", before)
    index = build(vectors)
    expect(same(search(index, queries), wanted), "siamese finds others")
    expect(tasks() - before <= THREADS - 1, "siamese started", tasks() - before)

    # FAISS's of the wheel starts its own; both go on being right.
    flat = faiss.IndexFlatIP(DIM)
    flat.add(vectors)
    before = tasks()
    expect(same(flat.search(queries, K)[::-1], wanted), "faiss finds others")
    started = tasks() - before
    expect(started >= OMP - 1, "faiss started", started, "of", OMP - 1)
    expect(faiss.omp_get_max_threads() == OMP, "faiss's setting was changed")

    wrong = []

    def host():
        mine = build(vectors)
        for _ in range(3):
            if not (same(search(mine, queries), wanted) and
                    same(search(index, queries), wanted) and
                    same(flat.search(queries, K)[::-1], wanted)):
                wrong.append(1)
        lib.siamese_index_free(mine)

    most = 0
    hosts = [threading.Thread(target=host) for _ in range(HOSTS)]
    for thread in hosts:
        thread.start()
    while any(thread.is_alive() for thread in hosts):
        most = max(most, tasks())
        hosts[0].join(0.01)
        for thread in hosts:
            thread.join(0.002)
    expect(not wrong, "hosts at once found others")
    # main and hosts; a pool for each index; faiss's for each caller; numpy's.
    bound = (1 + HOSTS) + (1 + HOSTS) * (THREADS - 1) + \
        (1 + HOSTS) * (OMP - 1) + BLAS - 1
    print("# at most", most, "threads, bound", bound)
    expect(most <= bound, most, "threads at once, and not", bound)
    expect(faiss.omp_get_max_threads() == OMP, "faiss's setting was changed")

    in_a_child(index, queries, vectors, wanted)
    expect(same(flat.search(queries, K)[::-1], wanted), "faiss after a fork")
    lib.siamese_index_free(index)
    print("ok")


main()
