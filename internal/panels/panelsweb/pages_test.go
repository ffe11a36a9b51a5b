package panelsweb_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

var portal = access.Portal("test")

// town is a portal with a funder, a council, two applicants and people.
type town struct {
	*birgetest.World
	t                                    *testing.T
	funder, council, first, second       orgs.Organization
	officer, faraway, speaker, applicant *birgetest.Reader
	one, two, three, citizen             *birgetest.Reader // three experts
	panel                                panels.Panel
}

func each(t *testing.T, test func(t *testing.T, w *town)) {
	birgetest.Each(t, func(t *testing.T, world *birgetest.World) {
		w := &town{World: world, t: t}
		region, ok := w.Places.Tree().ByCode("150000000")
		away, ok2 := w.Places.Tree().ByCode("110000000")
		if !ok || !ok2 {
			t.Fatal("no regions")
		}
		enter := func(kind, name, bin string) orgs.Organization {
			o, err := w.Orgs.Create(t.Context(), portal, orgs.Draft{Kind: kind, Name: i18n.Only(i18n.RU, name), BIN: bin, PlaceID: region.ID})
			w.Must(err)
			return o
		}
		w.funder, w.council = enter("state_body", "Управление", "230940123450"), enter("ngo", "Общественный совет", "150140000012")
		w.first, w.second = enter("ngo", "ОФ «Первый заявитель»", ""), enter("ngo", "ОФ «Второй заявитель»", "")
		held := func(role access.Role, r ref.Ref) birgetest.Held { return birgetest.Held{Role: role, For: r} }
		w.officer, w.faraway = w.SignedIn("officer@example.kz", held(access.Officer, region.Ref())), w.SignedIn("faraway@example.kz", held(access.Officer, away.Ref()))
		w.speaker, w.applicant = w.SignedIn("speaker@example.kz", held(access.Lead, w.council.Ref())), w.SignedIn("lead@example.kz", held(access.Lead, w.first.Ref()))
		w.one, w.two = w.SignedIn("one@example.kz", held(access.Expert, region.Ref())), w.SignedIn("two@example.kz", held(access.Expert, region.Ref()))
		w.three, w.citizen = w.SignedIn("three@example.kz", held(access.Expert, region.Ref())), w.SignedIn("citizen@example.kz")
		test(t, w)
	})
}

func (w *town) read(r *birgetest.Reader, path string, status int) string {
	w.t.Helper()
	w.Must(w.AwaitFeed(w.t.Context())) // a stranger's page may be a kept one
	return r.Reads(path, status)
}

func (w *town) post(r *birgetest.Reader, path string, status int, pairs ...string) string {
	w.t.Helper()
	page, _ := r.Sends(path, status, pairs...)
	return page
}

func (w *town) lacks(body string, parts ...string) {
	w.t.Helper()
	for _, p := range parts {
		if strings.Contains(body, p) {
			w.t.Errorf("the page says %q", p)
		}
	}
}

// join has experts say what they know.
func (w *town) join(experts ...*birgetest.Reader) {
	w.t.Helper()
	for _, r := range experts {
		w.post(r, "/ru/desk/experts/me", 303, "version", "0", "spheres", "youth", "langs", "ru")
	}
}

// open opens a panel of two works by the officer.
func (w *town) open(change ...func(*panels.NewPanel)) string {
	w.t.Helper()
	work := func(id ref.ID, o orgs.Organization) panels.Work {
		return panels.Work{Ref: ref.Ref{Kind: "application", ID: id, Title: i18n.Only(i18n.RU, fmt.Sprint("Проект ", int64(id)))}, Orgs: []ref.ID{o.ID}, Spheres: []string{"youth"}}
	}
	n := panels.NewPanel{Subject: ref.Ref{Kind: "call_round", ID: 9, Title: i18n.Only(i18n.RU, "Раунд")}, Title: i18n.Only(i18n.RU, "Эксперты раунда"), FunderID: w.funder.ID,
		PlaceID: w.funder.PlaceID, Works: []panels.Work{work(1, w.first), work(2, w.second)}, PerWork: 2, Spread: 40, Names: panels.NamesNever, Due: w.Panels.Today().AddDays(10),
		Criteria: []panels.Criterion{{Code: "need", Name: i18n.Only(i18n.RU, "Актуальность"), Weight: 100, Max: 10, Scale: []panels.Step{{Score: 10, Text: i18n.Only(i18n.RU, "доказана")}}}}}
	for _, f := range change {
		f(&n)
	}
	w.Must(w.DB.Update(w.t.Context(), func(tx *db.Tx) (err error) {
		w.panel, err = w.Panels.OpenIn(w.t.Context(), tx, portal, n)
		return err
	}))
	return "/ru" + w.panel.Ref().Path
}

// draw takes the panel through the draw on its pages.
func (w *town) draw(at string) {
	w.t.Helper()
	w.post(w.officer, at, 303, "do", "freeze")
	w.post(w.officer, at, 303, "do", "invite", "party", "230940123450")
	w.post(w.officer, at, 303, "do", "invite", "party", "150140000012")
	const one, two = "a long part of the funder", "a long part of the council"
	funder, council := at+"/seed/"+w.funder.ID.String(), at+"/seed/"+w.council.ID.String()
	w.post(w.officer, funder, 303, "do", "commit", "hash", panels.CommitTo(one))
	w.post(w.speaker, council, 303, "do", "commit", "hash", panels.CommitTo(two))
	w.post(w.officer, funder, 303, "do", "open", "value", one)
	w.post(w.speaker, council, 303, "do", "open", "value", two)
}

// marksOf lists the pages on which an expert marks.
func (w *town) marksOf(r *birgetest.Reader) []string {
	w.t.Helper()
	return regexp.MustCompile(`/ru/desk/marks/[0-9a-z]{13}`).FindAllString(w.read(r, "/ru/desk/marks", 200), -1)
}

func TestThePoolOnItsPages(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		if a := w.one.Get("/ru/desk/marks"); a.Status != 303 || !strings.Contains(a.Header.Get("Location"), "/desk/experts/me") {
			t.Errorf("an expert without a word is sent to %s", a.Header.Get("Location"))
		}
		body := w.post(w.one, "/ru/desk/experts/me", 422, "version", "0", "employer", "123", "langs", "ru")
		w.Says(body, `value="123"`, "Такой организации не нашлось")
		w.Says(w.post(w.one, "/ru/desk/experts/me", 422, "version", "0", "langs", "ru"), "Отметьте хотя бы одну сферу")
		w.post(w.one, "/ru/desk/experts/me", 303, "version", "0", "spheres", "youth", "langs", "ru", "employer", "150140000012", "most", "7")
		w.Says(w.read(w.one, "/ru/desk/experts/me", 200), "Общественный совет", `value="7"`)
		w.post(w.one, "/ru/desk/experts/me/conflicts", 422, "org", "", "ground", "work")
		w.post(w.one, "/ru/desk/experts/me/conflicts", 303, "org", w.second.ID.String(), "ground", "relative")
		body = w.read(w.one, "/ru/desk/experts/me", 200)
		w.Says(body, "Второй заявитель", "там мой родственник")
		conflict := regexp.MustCompile(`name="conflict" value="([0-9a-z]{13})"`).FindStringSubmatch(body)[1]
		w.post(w.two, "/ru/desk/experts/me/conflicts", 404, "do", "end", "conflict", conflict)
		w.post(w.one, "/ru/desk/experts/me/conflicts", 303, "do", "end", "conflict", conflict)

		pool := w.read(w.officer, "/kk/desk/experts", 200)
		w.Says(pool, "Сынақ", "Жастар саясаты", "Тағы 2 адам")
		w.lacks(pool, "родственник", "туысым")
		page := "/ru" + regexp.MustCompile(`/desk/experts/[0-9a-z]{13}`).FindString(pool)
		w.Says(w.read(w.officer, page, 200), "Сынақ")
		w.post(w.officer, page, 303, "version", "1", "spheres", "culture", "langs", "kk")
		w.post(w.officer, page, 409, "version", "1", "spheres", "youth", "langs", "kk")
		w.post(w.officer, page, 303, "do", "pause")
		w.Says(w.read(w.one, "/ru/desk/marks", 200), "Не участвует в жребии")
		w.post(w.one, "/ru/desk/experts/me", 303, "do", "resume")
		w.read(w.faraway, page, 404)
		w.lacks(w.read(w.faraway, "/ru/desk/experts", 200), "Сынақ ", "youth")
		w.Says(w.post(w.officer, "/ru/desk/experts", 422, "email", "new@example.kz", "scope", "нигде"), "Нет ни такого места")
		w.post(w.faraway, "/ru/desk/experts", 403, "email", "new@example.kz", "scope", "150000000")
	})
}

func TestAPanelOnItsPages(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.join(w.one, w.two, w.three)
		at := w.open()
		stranger := w.Stranger()
		w.Says(w.read(stranger, "/kk/panels", 200), "Эксперты раунда", w.panel.Ref().Path)
		w.Says(w.read(stranger, at, 200), "Собирают работы", "Актуальность", "10 — доказана", "Списки еще не зафиксированы")
		w.read(stranger, "/api/v1/panels/"+w.panel.ID.String()+"/draw", 404)
		w.post(w.faraway, at, 403, "do", "freeze")
		w.post(w.applicant, at, 403, "do", "freeze")
		w.post(w.officer, at, 404, "do", "nothing")
		w.Says(w.read(w.officer, at, 200), "Сколько экспертов сейчас может участвовать в жребии: 3")
		w.post(w.officer, at, 303, "do", "freeze")
		w.Says(w.read(stranger, at, 200), "Хэш списков")
		w.Says(w.post(w.officer, at, 422, "do", "invite", "party", "999"), "Такой организации не нашлось", `value="999"`)
		w.post(w.officer, at, 303, "do", "invite", "party", "230940123450")
		w.post(w.officer, at, 303, "do", "invite", "party", "150140000012")
		funder, council := at+"/seed/"+w.funder.ID.String(), at+"/seed/"+w.council.ID.String()
		w.read(w.citizen, council, 404)
		w.read(w.officer, council, 404)
		w.Says(w.read(w.speaker, at, 200), "Общественный совет", "/seed/")
		w.Says(w.read(w.speaker, council, 200), "sha256sum", "SHA-256")
		w.Says(w.post(w.speaker, council, 422, "do", "commit", "hash", "abc"), `value="abc"`)
		const one, two = "a long part of the funder", "a long part of the council"
		w.post(w.speaker, council, 303, "do", "commit", "hash", panels.CommitTo(two))
		w.post(w.speaker, council, 409, "do", "open", "value", two)
		w.post(w.officer, funder, 303, "do", "commit", "hash", panels.CommitTo(one))
		w.Says(w.post(w.speaker, council, 422, "do", "open", "value", "another text, long enough"), "другой хэш")
		w.post(w.speaker, council, 303, "do", "open", "value", two)
		w.post(w.officer, funder, 303, "do", "open", "value", one)
		w.Says(w.read(stranger, at, 200), "birge verify draw", two, one, "0 из 4")
		var f panels.DrawFile
		w.Must(json.Unmarshal([]byte(w.read(stranger, "/api/v1/panels/"+w.panel.ID.String()+"/draw", 200)), &f))
		if where := f.Replay(); where != "" {
			t.Errorf("the file differs at %s", where)
		}
		w.lacks(w.read(w.officer, at, 200), "do\" value=\"reveal")
	})
}

func TestAnExpertReadsAndMarks(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.join(w.one, w.two, w.three)
		w.Panels.Read["application"] = nil
		at := w.open(func(n *panels.NewPanel) { n.Works = n.Works[:1]; n.Blind = true })
		w.draw(at)
		experts, marked := map[*birgetest.Reader]bool{}, 0
		for _, r := range []*birgetest.Reader{w.one, w.two, w.three} {
			desk := w.read(r, "/ru/desk/marks", 200)
			experts[r] = strings.Contains(desk, "Эксперты раунда")
		}
		for r, sits := range experts {
			form := "/ru/desk/marks/panels/" + w.panel.ID.String()
			if !sits {
				w.read(r, form, 404)
				continue
			}
			w.Says(w.read(r, form, 200), "Первый заявитель", "ждет 1 работа", "авторы будут скрыты")
			w.Says(w.post(r, form, 422), "Подтвердите")
			w.post(r, form, 303, "none", "yes")
			page := w.marksOf(r)[0]
			for _, other := range []*birgetest.Reader{w.officer, w.speaker, w.citizen, w.applicant} {
				if a := other.Get(page); a.Status != 403 && a.Status != 404 {
					t.Errorf("%s answers %d to somebody else", page, a.Status)
				}
			}
			for other := range experts {
				if other != r {
					w.read(other, page, 404)
					w.post(other, page, 404, "do", "submit", "points.need", "1", "comment.need", "чужая оценка, не моя")
				}
			}
			w.post(r, page, 303, "do", "save", "points.need", "7", "comment.need", "мало")
			w.Says(w.read(r, page, 200), "Проект 1", `<option value="7" selected>7</option>`, "мало</textarea>", "Черновик сохранен в")
			body := w.post(r, page, 422, "do", "submit", "points.need", "8", "comment.need", "мало")
			w.Says(body, "не меньше 10 знаков", `<option value="8" selected>8</option>`)
			w.post(r, page, 303, "do", "submit", "points.need", "8", "comment.need", "Данные за три года есть.")
			w.Says(w.read(r, page, 200), "8 из 10", "Данные за три года есть.")
			w.post(r, page, 409, "do", "submit", "points.need", "1", "comment.need", "Передумал совсем.")
			if marked++; marked < 2 {
				w.post(w.officer, at, 409, "do", "reveal")
				w.lacks(w.read(w.officer, at, 200), "Данные за три года")
			}
		}
		w.lacks(w.read(w.Stranger(), at, 200), "Результаты", "Проект 1")
		w.post(w.officer, at, 303, "do", "reveal")
		w.Says(w.read(w.officer, at, 200), "Результаты", "Проект 1", "80")
		w.lacks(w.read(w.Stranger(), at, 200), "Проект 1")
		w.Must(w.DB.Update(t.Context(), func(tx *db.Tx) error { return w.Panels.DecidedIn(t.Context(), tx, portal, w.panel.ID) }))
		page := w.read(w.Stranger(), at, 200)
		w.Says(page, "Работа № 1", "80", "Есть решение")
		w.lacks(page, "Сынақ", "Проект 1") // the terms never open names; titles are told by the room of the works
	})
}

func TestRecusalAndConflictOnTheirPages(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.join(w.one, w.two, w.three)
		at := w.open(func(n *panels.NewPanel) { n.Works = n.Works[:1]; n.Names = panels.NamesOpen })
		w.draw(at)
		w.Says(w.read(w.Stranger(), at, 200), "Сынақ") // names are open from the draw on
		form := "/ru/desk/marks/panels/" + w.panel.ID.String()
		left := 0
		for _, r := range []*birgetest.Reader{w.one, w.two, w.three} {
			if a := r.Get(form); a.Status != 200 {
				continue
			}
			if left++; left == 1 {
				w.post(r, form, 303, "tied", w.first.ID.String(), "ground", "relative", "none", "yes")
				w.lacks(w.read(r, "/ru/desk/marks", 200), "Эксперты раунда")
				continue
			}
			w.post(r, form, 303, "none", "yes")
			page := w.marksOf(r)[0]
			w.post(r, page, 303, "do", "recuse", "note", "Знаю автора")
			w.read(r, page, 409)
			break
		}
		body := w.read(w.officer, at, 200)
		w.Says(body, "не хватает")
		w.lacks(body, "Знаю автора", "родственник")
		w.lacks(w.read(w.Stranger(), "/api/v1/panels/"+w.panel.ID.String()+"/draw", 200), "Знаю", "relative", "Сынақ")
	})
}
