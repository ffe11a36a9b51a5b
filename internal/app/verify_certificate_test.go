package app_test

import (
	"os"
	"path/filepath"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// A certificate is verified from its file, with the portal at hand or with its key
// alone; with one letter changed it fails, and once it is taken back too.
func TestVerifyCertificate(t *testing.T) {
	s := birgetest.StartSample(t)
	var id ref.ID
	var body []byte
	must(t, s.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		if id, err = db.One(t.Context(), tx, db.Value[ref.ID], `SELECT certificate_id FROM award_papers ORDER BY 1 LIMIT 1`); err != nil {
			return err
		}
		body, err = db.One(t.Context(), tx, db.Value[[]byte], `SELECT body FROM award_papers WHERE certificate_id = $1`, id)
		return err
	}))
	keys, err := s.Keys.Public()
	must(t, err)
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, b, 0o600))
		return path
	}
	good, key := write("good.pdf", body), write("key.pem", []byte(keys[0].PEM))
	body[len(body)/2] ^= 1
	changed := write("changed.pdf", body)
	portal := []string{"--data", s.Config.Data}
	verify := func(status int, file string, more ...string) {
		t.Helper()
		run(t, status, append([]string{"verify", "certificate", file}, more...)...)
	}
	verify(0, good, portal...)
	verify(0, good, "--key", key)
	verify(1, changed, portal...)
	verify(1, changed, "--key", key)
	verify(1, key, "--key", key)
	must(t, s.Awards.Revoke(t.Context(), access.Portal("test"), id, 0, i18n.Only(i18n.RU, "Ошибка")))
	verify(1, good, portal...)
}
