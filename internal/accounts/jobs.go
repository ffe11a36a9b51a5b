package accounts

import (
	"time"

	"birge/internal/platform/jobs"
)

// RunNightly has the runner erase every night what has been kept long enough.
func (s *Service) RunNightly(r *jobs.Runner, zone *time.Location) {
	r.Every("accounts.expire", jobs.Daily(3, 10, zone), s.Expire)
}
