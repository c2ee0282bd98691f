#!/bin/sh
# status.sh JOB -- success, running or failed, as Snakemake asks; by scontrol, which knows jobs without accounting
state=$(scontrol -o show job "$1" 2>/dev/null | sed -n 's/.*JobState=\([A-Z_]*\).*/\1/p')
case "$state" in
    COMPLETED) echo success ;;
    PENDING|RUNNING|CONFIGURING|COMPLETING|SUSPENDED|REQUEUED) echo running ;;
    *) echo failed ;;
esac
