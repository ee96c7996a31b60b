// What every thread of the process is at, for who looks into why it stands still.
#pragma once

namespace weir::app {

/// Installs the handler of the signal (SIGRTMIN + 1) by which threads are asked. Once, before threads start.
void prepare_thread_stacks();

/// Writes the call stack of every thread to the file descriptor, as addresses of the program (addr2line -Cfe weir).
/// A thread that does not answer within 100 ms, in the kernel, is told with what it waits for there. One caller at a
/// time.
void write_thread_stacks(int to);

}  // namespace weir::app
