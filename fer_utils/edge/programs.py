"""Programs under test, each in a process of its own: started by the clock, asked line by line, their memory read.

A process of its own makes memory and start measurable, and lets programs with different libraries, or in another
language, be timed in turns. `fer_utils.edge.peers.answering` is what runs inside. Explained in chapter 14.
"""

import json
import os
import re
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue

START_SECONDS, ANSWER_SECONDS = 180, 600


class ProgramError(ValueError):
    """A program that did not start, did not answer, or ended; the message has the last thing that it said."""


class Program:
    """A started program, after its first answer. Use as a context: the process ends with it.

    Attributes:
        ready: the dict that it announced itself with (`fer_utils.edge.peers.answering.serve`).
        cold_start: seconds from before its process was made until that line was read.
        peak_bytes: the most memory that the process had held by then, None where the system does not say.

    Arguments: command, a list; variables, what to add to the environment; threads, how many it may compute with.
    Raises ProgramError where it ends, is silent for too long, or says something else.
    """

    def __init__(self, command, variables=None, threads=1, clock=time.perf_counter):
        self._errors = tempfile.TemporaryFile()
        self._lines = Queue()
        before = clock()
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True,
                encoding="utf-8", env=os.environ | thread_variables(threads) | (variables or {}))
        except OSError as error:
            self._errors.close()
            raise ProgramError(f"{Path(command[0]).name} cannot be started ({error.strerror or error})") from error
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self.ready = self._next(START_SECONDS)
        except ProgramError:
            self.close()
            raise
        self.cold_start = clock() - before
        self.peak_bytes = peak_bytes(self._process.pid)

    def ask(self, **wanted):
        """What the program answers to a request of `fer_utils.edge.peers.answering.serve`, a dict."""
        with suppress(OSError):  # it has ended: what it said last is told below
            self._process.stdin.write(json.dumps(wanted) + "\n")
            self._process.stdin.flush()
        return self._next(ANSWER_SECONDS)

    def close(self):
        """End the process."""
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._errors.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _read(self):
        with suppress(OSError, ValueError):  # closed while it waits
            for line in self._process.stdout:
                self._lines.put(line)
        self._lines.put(None)

    def _next(self, seconds):
        try:
            line = self._lines.get(timeout=seconds)
        except Empty:
            raise ProgramError(f"it did not answer within {seconds} seconds") from None
        if line is None:
            raise ProgramError(f"it ended ({self._last_words()})")
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise ProgramError(f"it said {line.strip()[:100]!r}, which is no answer")
        return found

    def _last_words(self):
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self._errors.seek(0)
        lines = [line.strip() for line in self._errors.read().decode(errors="replace").splitlines() if line.strip()]
        # Node closes with its version, Python with the exception
        said = [line for line in lines if re.match(r"(\w+\.)*\w*(Error|Exception|Exit)\b|fer_utils:", line)] or lines
        return (said or ["it said nothing"])[-1][:200]


def thread_variables(threads):
    """The environment variables by which libraries are told how many threads to compute with."""
    return {name: str(threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
                                            "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")} | {
        "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONUNBUFFERED": "1"}


def peak_bytes(process):
    """The most memory that a process has held in RAM, in bytes, by its number; None where the system does not say."""
    with suppress(OSError, TypeError):
        # what getrusage says would count the memory of the process that started it, too
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
        return 1024 * int(found[1])
    return None
