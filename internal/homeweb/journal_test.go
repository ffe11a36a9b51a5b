package homeweb_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
)

// Whoever keeps a published head can check its signature with the published key
// alone, and the portal against it.
func TestAPublishedHeadCanBeVerified(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		w.Await(func() bool { return sealedUpTo(t, w) > 0 })
		if err := journal.SealDay(t.Context(), w.DB, w.Keys, db.Day(2026, 1, 31)); err != nil {
			t.Fatal(err)
		}
		var out struct {
			Keys  []struct{ ID, PEM string }
			Heads []struct{ Line, Key, Signature string }
		}
		decode(t, w.Stranger().Get("/api/v1/journal/heads"), &out)
		if len(out.Heads) != 1 || len(out.Keys) != 1 || out.Heads[0].Key != out.Keys[0].ID {
			t.Fatalf("%+v", out)
		}
		head := out.Heads[0]
		block, _ := pem.Decode([]byte(out.Keys[0].PEM))
		key, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		signature, err := base64.StdEncoding.DecodeString(head.Signature)
		said := strings.Join(strings.Fields(head.Line)[:4], " ")
		if err != nil || !ed25519.Verify(key.(ed25519.PublicKey), []byte(said), signature) {
			t.Errorf("the first four words of %q are not what was signed", head.Line)
		}
		kept, err := journal.ParseHead(head.Line)
		if err != nil {
			t.Fatal(err)
		}
		if rep, err := journal.Verify(t.Context(), w.DB, w.Keys, w.Kinds(), &kept); err != nil || !rep.OK() {
			t.Errorf("the portal differs from its own head: %v %v", rep.Faults, err)
		}
		for _, path := range []string{"/ru/journal/heads", "/ru/journal", "/ru/journal/heads.atom"} {
			if a := w.Stranger().Get(path); a.Status != http.StatusOK || !strings.Contains(a.Body, head.Line) {
				t.Errorf("%s (%d) lacks the line to keep", path, a.Status)
			}
		}
	})
}

func sealedUpTo(t *testing.T, w *birgetest.World) (seq int64) {
	t.Helper()
	if err := w.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		seq, err = journal.Seq(t.Context(), tx)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return seq
}

func decode(t *testing.T, a birgetest.Answer, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.Body), v); err != nil || a.Status != http.StatusOK {
		t.Fatalf("status %d: %v: %.300s", a.Status, err, a.Body)
	}
}

func TestThePublicJournal(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		region := w.Places.Tree().Regions()[0]
		if _, err := w.Orgs.Create(t.Context(), access.Portal("test"), orgs.Draft{Kind: orgs.NGO, Name: i18n.Text{RU: "Жасыл дала"}, PlaceID: region.ID}); err != nil {
			t.Fatal(err)
		}
		stranger := w.Stranger()
		for _, path := range []string{"/ru/journal", "/ru/journal?about=organizations", "/ru/journal.atom", "/api/v1/journal"} {
			if a := stranger.Get(path); a.Status != http.StatusOK || !strings.Contains(a.Body, "Жасыл дала") {
				t.Errorf("%s (%d) does not tell of the new organization", path, a.Status)
			}
		}
		if strings.Contains(stranger.Get("/ru/journal?about=norms").Body, "Жасыл дала") {
			t.Error("a chapter tells of another one's things")
		}
		var all []struct{ ID, Act, Kind string }
		decode(t, stranger.Get("/api/v1/journal"), &all)
		if len(all) == 0 || all[0].Act != "orgs.create" {
			t.Fatalf("the newest entry is %+v", all[:1])
		}
		var older []struct{ ID string }
		decode(t, stranger.Get("/api/v1/journal?before="+all[len(all)-1].ID), &older)
		for _, e := range older {
			if e.ID >= all[len(all)-1].ID {
				t.Errorf("%s is not older than the page before", e.ID)
			}
		}
		for _, e := range all {
			if e.Kind == "person" || e.Kind == "grant" {
				t.Errorf("the public journal tells of a %s", e.Kind)
			}
		}
	})
}

// The register shows every declared field, with words for all that it says.
func TestTheRegisterOfPersonalData(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		for _, l := range i18n.Langs {
			a := w.Stranger().Get("/" + string(l) + "/privacy/register")
			for _, f := range w.Accounts.Register() {
				if !strings.Contains(a.Body, f.Table+"."+f.Column) {
					t.Errorf("%s.%s is not shown", f.Table, f.Column)
				}
			}
			if a.Status != http.StatusOK || strings.Contains(a.Body, "⟦") {
				t.Errorf("%s: %d, %.200s", l, a.Status, a.Body[max(0, strings.Index(a.Body, "⟦")):])
			}
			if !strings.Contains(w.Stranger().Get("/"+string(l)+"/privacy").Body, "/"+string(l)+"/privacy/register") {
				t.Errorf("%s: the privacy page leads to no register", l)
			}
		}
	})
}
