"""What every sandbox marketplace shares: clock, quotas, faults, buyers, the control plane, the buyer's page, the server."""
