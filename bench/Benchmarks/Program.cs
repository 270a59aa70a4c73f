using BenchmarkDotNet.Running;
using Cistern.Bench;

// Time and allocation of single operations, by BenchmarkDotNet: bench/benchmarks.sh, whose arguments are BenchmarkDotNet's.
BenchmarkSwitcher.FromTypes([typeof(InMemoryOperations)]).Run(args);
