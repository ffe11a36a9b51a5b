package placesweb_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/imports"
)

func TestPages(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		akmola, _ := w.Places.Tree().ByKATO("110000000")
		district, ok := w.Places.Tree().Find("Аккольский район", akmola.ID)
		if !ok {
			t.Fatal("no district of Akkol")
		}
		for _, c := range []struct {
			path   string
			status int
			want   []string
		}{
			{"/kk/places", 200, []string{"Қазақстан", "/kk/places/150000000", "28\u00a0100", "Дереккөздер келіспейді"}},
			{"/ru/places/150000000", 200, []string{"Актюбинская область", "2\u00a0100\u00a0000\u00a0000", "/ru/places/155200000"}},
			{"/ru/places/270000000", 200, []string{"больше, чем опубликованное по всей стране"}},
			{"/en/places/110000000", 200, []string{"Akmola Region", "718"}},
			{"/ru/places/" + district.ID.String(), 200, []string{"пока не известен", "/ru/places/110000000"}},
			{"/ru/places/123456789", 404, nil},
			{"/ru/places/nonsense", 404, nil},
			{"/api/v1/places", 200, []string{`"kato":"110000000"`}},
			{"/api/v1/places?within=110000000", 200, []string{district.ID.String()}},
			{"/api/v1/places/150000000", 200, []string{`"projects":0`}},
		} {
			a := w.Stranger().Get(c.path)
			if a.Status != c.status {
				t.Errorf("%s answers %d", c.path, a.Status)
			}
			for _, s := range c.want {
				if !strings.Contains(a.Body, s) {
					t.Errorf("%s does not say %q", c.path, s)
				}
			}
			if strings.Contains(a.Body, "⟦") {
				t.Errorf("%s says a key", c.path)
			}
		}
	})
}

func TestOldAddressesLeadOn(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		akmola, _ := w.Places.Tree().ByKATO("110000000")
		district, _ := w.Places.Tree().Find("Аккольский район", akmola.ID)
		old := w.Stranger().Get("/ru/places/" + district.ID.String())
		if old.Status != http.StatusOK {
			t.Fatalf("before its code the place answers %d", old.Status)
		}
		row := &imports.Row{Value: places.Row{Code: "113200000", Name: i18n.Text{KK: "Аққөл ауданы", RU: "Аккольский район"}}}
		err := w.DB.Update(t.Context(), func(tx *db.Tx) error {
			return w.Places.Importer().Apply(t.Context(), tx, access.Portal("import"), imports.Import{}, []*imports.Row{row})
		})
		if err = errors.Join(err, w.Places.Reload(t.Context())); err != nil {
			t.Fatal(err)
		}
		a := w.Stranger().Get("/kk/places/" + district.ID.String())
		if a.Status != http.StatusMovedPermanently || a.Header.Get("Location") != "/kk/places/113200000" {
			t.Errorf("the id leads to %d %s", a.Status, a.Header.Get("Location"))
		}
	})
}
