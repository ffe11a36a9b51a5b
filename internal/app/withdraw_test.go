package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"birge/internal/birgetest"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// A picture whose consent is withdrawn is nowhere any more: not under its
// address, not on a page that was kept in memory, not in what the API tells.
func TestAWithdrawnPictureIsNowhere(t *testing.T) {
	s := birgetest.StartSample(t)
	type shown struct{ id, project, file ref.ID }
	var p shown
	err := s.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		p, err = db.One(t.Context(), tx, func(r db.Row) (p shown, err error) {
			err = r.Scan(&p.id, &p.project, &p.file)
			return p, err
		}, `SELECT f.id, f.project_id, f.file_id FROM project_files f JOIN files o ON o.id = f.file_id JOIN projects p ON p.id = f.project_id
			JOIN grants g ON g.scope_id = p.org_id JOIN persons n ON n.id = g.person_id
			WHERE f.sort = 'picture' AND o.visibility = 'public' AND n.email = '`+birgetest.Lead+`' ORDER BY f.id LIMIT 1`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	stranger, lead := s.Reader(""), s.Reader(birgetest.Lead)
	picture, mark := "/files/"+p.file.String()+"/thumb/picture.jpg", p.file.String()
	pages := []string{"/ru/projects/" + p.project.String() + "/pictures", "/kk/projects/" + p.project.String() + "/pictures", "/api/v1/projects/" + p.project.String()}
	for range 2 { // the second time from memory
		for _, page := range pages {
			if a := stranger.Get(page); a.Status != http.StatusOK || !strings.Contains(a.Body, mark) {
				t.Fatalf("%s does not show the picture: %d", page, a.Status)
			}
		}
	}
	if a := stranger.Get(picture); a.Status != http.StatusOK || !strings.Contains(a.Header.Get("Cache-Control"), "no-cache") {
		t.Fatalf("the picture answers %d, %s", a.Status, a.Header.Get("Cache-Control"))
	}
	if a := lead.Post("/ru/projects/"+p.project.String()+"/files/"+p.id.String(), url.Values{"do": {"withdraw"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("the lead cannot withdraw it: %d", a.Status)
	}
	for _, variant := range []string{"thumb", "large", "original"} {
		if a := stranger.Get("/files/" + mark + "/" + variant + "/picture.jpg"); a.Status != http.StatusNotFound {
			t.Errorf("its %s answers %d", variant, a.Status)
		}
	}
	end := time.Now().Add(5 * time.Second)
	for _, page := range pages {
		for strings.Contains(stranger.Get(page).Body, mark) {
			if time.Now().After(end) {
				t.Fatalf("%s still shows it", page)
			}
		}
	}
	var told int64
	if err := s.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		told, err = db.One(t.Context(), tx, db.Value[int64], `SELECT COUNT(*) FROM journal_bodies b JOIN journal_entries e ON e.id = b.entry_id
			WHERE e.kind = 'file' AND e.thing_id = $1`, p.file)
		return err
	}); err != nil || told > 0 {
		t.Errorf("the journal still tells of it in %d bodies: %v", told, err)
	}
}
