package resolutionsweb_test

import (
	"archive/zip"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"birge/internal/birgetest"
)

// A package goes to an addressee who is not on the portal: who keeps it notes the
// answers, and everybody reads and takes it.
func TestAPackageAndItsFate(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		list := w.stranger.Get("/ru/resolutions").Body
		concept := regexp.MustCompile(`href="/ru/resolutions/([0-9a-z]{13})"[^>]*>\s*Концепция развития`).FindStringSubmatch(list)[1]
		at := "/ru" + w.Went(w.keeper.Post("/ru/resolutions/new", url.Values{"kind": {"package"}, "title.kk": {"Топтама"}, "title.ru": {"Пакет предложений"}, "place": {"150000000"}, "target": {concept}}))
		w.Went(w.keeper.Post(at+"/articles/new", url.Values{"kk": {"шарт үш жылға жасалсын"}, "ru": {"=договоры на три года"}, "asks": {"yes"}}))
		article := w.articles(at)[0]
		today := w.Resolutions.Today()
		w.Went(w.keeper.Post(article+"/duty", url.Values{"version": {"1"}, "asks": {"yes"}, "owner": {w.body.ID.String()}, "measure": {"норма принята"}, "due": {today.AddDays(90).String()}}))
		w.Went(w.keeper.Post(at+"/adopt", url.Values{"on": {today.String()}, "answer_by": {today.AddDays(9).String()}}))
		item := at + "/items/" + first(t, w, at)
		w.Want(http.StatusOK, w.stranger.Get(item), "Отправлено", "В плане")
		for name, by := range map[string]*birgetest.Reader{"citizen": w.citizen, "lead": w.lead, "away": w.away} {
			if a := by.Post(item+"/reply", url.Values{"accept": {"yes"}}); a.Status != http.StatusForbidden {
				t.Errorf("%s notes the fate: %d", name, a.Status)
			}
		}
		w.Went(w.keeper.Post(item+"/reply", url.Values{"accept": {"yes"}, "text": {"Письмо № 12"}}))
		w.Want(http.StatusOK, w.stranger.Get(item), "Письмо № 12", "Последний ответ записал отправитель пакета")
		w.Went(w.keeper.Post(item+"/work", url.Values{"progress": {"В пункте 7 плана"}}))
		w.Went(w.keeper.Post(item+"/done", url.Values{"proof": {"Норма действует"}}))
		w.Want(http.StatusForbidden, w.keeper.Get(item+"/judge")) // its own word
		w.Want(http.StatusOK, w.stranger.Get("/ru/resolutions/"+concept), "Предложения регионов", "Пакет предложений", "Исполнено", "неизвестно: источник не говорит")
		csv := w.Want(http.StatusOK, w.stranger.Get(at+"/items.csv"), "шарт үш жылға жасалсын", "'=договоры на три года", "Управление молодежи")
		if strings.Contains(csv, ";=договоры") || strings.Contains(csv, ",=договоры") {
			t.Error("a cell of the table is a formula")
		}
		for path, begins := range map[string]string{"/items.xlsx": "PK", "/items.pdf": "%PDF-"} {
			if a := w.stranger.Get(at + path); a.Status != http.StatusOK || !strings.HasPrefix(a.Body, begins) {
				t.Errorf("%s: %d", path, a.Status)
			}
		}
		w.whole(w.Want(http.StatusOK, w.stranger.Get("/kk"+strings.TrimPrefix(at, "/ru")+"/package.zip")))
	})
}

// whole asserts what lies in the package.
func (w *region) whole(body string) {
	w.t.Helper()
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	w.Must(err)
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	if want := []string{"items.csv", "items.xlsx", "proposals.csv", "items.kk.pdf", "items.ru.pdf"}; !slices.Equal(names, want) {
		w.t.Errorf("the package has %v, want %v", names, want)
	}
}
