"""Where work runs: worker processes of this machine, or a Dask cluster; limits of time and memory."""
