"""What `make bench` runs: a module bench_*.py offers measure(), a list of Ratio; seconds are not kept."""
