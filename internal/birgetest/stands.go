package birgetest

import (
	"regexp"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// OwnOrg is the organization for which the lead of the sample speaks.
func OwnOrg(s *Sample) ref.ID { return first[ref.ID](s, theOrg) }

// Mailed is the address, with its language, of the newest link behind a door that was
// mailed to somebody.
func Mailed(s *Sample, to, door string) (path string) {
	s.T.Helper()
	s.Must(s.DB.View(s.T.Context(), func(tx *db.Tx) error {
		text, err := db.One(s.T.Context(), tx, db.Value[string], `SELECT text FROM mail_outbox WHERE recipient = $1 ORDER BY id DESC LIMIT 1`, to)
		if err == nil {
			path = regexp.MustCompile(`/[a-z]{2}` + regexp.QuoteMeta(door) + `\S+`).FindString(text)
		}
		return err
	}))
	return path
}
