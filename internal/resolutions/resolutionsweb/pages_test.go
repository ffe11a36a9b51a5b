package resolutionsweb_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/resolutions"
)

// region is a portal with an NGO that proposes and a body that is asked.
type region struct {
	*birgetest.World
	t                                            *testing.T
	ngo, body                                    ref.Ref
	stranger, citizen, lead, owner, keeper, away *birgetest.Reader
}

func each(t *testing.T, test func(t *testing.T, w *region)) {
	birgetest.Each(t, func(t *testing.T, world *birgetest.World) {
		w := &region{World: world, t: t}
		place, _ := w.Places.Tree().ByKATO("150000000")
		far, _ := w.Places.Tree().ByKATO("110000000")
		enter := func(kind, name, bin, mail string) ref.Ref {
			o, err := w.Orgs.Create(t.Context(), access.Portal("test"), orgs.Draft{Kind: kind, BIN: bin, Name: i18n.Only(i18n.RU, name), PlaceID: place.ID, Mail: mail})
			w.Must(err)
			return o.Ref()
		}
		w.ngo, w.body = enter("ngo", "Жасыл дала", "", ""), enter("state_body", "Управление молодежи", "", "office@body.kz")
		w.stranger, w.citizen = w.Stranger(), w.SignedIn("citizen@test.kz")
		w.lead = w.SignedIn("lead@test.kz", birgetest.Held{Role: access.Lead, For: w.ngo})
		w.owner = w.SignedIn("owner@test.kz", birgetest.Held{Role: access.Staff, For: w.body})
		w.keeper = w.SignedIn("keeper@test.kz", birgetest.Held{Role: access.Officer, For: place.Ref()})
		w.away = w.SignedIn("away@test.kz", birgetest.Held{Role: access.Officer, For: far.Ref()})
		w.Must(w.AwaitFeed(t.Context()))
		test(t, w)
	})
}

// mailed is the newest letter of the outbox.
func (w *region) mailed() (to, text string) {
	w.t.Helper()
	for _, l := range w.Letters(1) {
		return l.To, l.Text
	}
	return "", ""
}

func TestTheRealResolutions(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		list := w.Want(http.StatusOK, w.stranger.Get("/ru/resolutions"), "Актюбинская область: резолюция гражданского форума, 2025", "Концепция развития гражданского общества")
		at := regexp.MustCompile(`href="/ru(/resolutions/[0-9a-z]{13})"[^>]*>\s*Актюбинская`).FindStringSubmatch(list)
		if at == nil {
			t.Fatal("the list has no link to the resolution of Aktobe")
		}
		w.Want(http.StatusOK, w.stranger.Get("/ru"+at[1]), "создание онлайн-портала мониторинга НПО-проектов", "неизвестно: источник не говорит", "и решение других задач", "хакатона")
		w.Want(http.StatusOK, w.stranger.Get("/kk"+at[1]), "ҮЕҰ жобаларын мониторингтеудің онлайн-порталын құру", "белгісіз: дереккөз айтпайды", "бұл портал аудармасы")
		w.Want(http.StatusOK, w.stranger.Get("/en"+at[1]), "an online portal that monitors NGO projects", "unknown: the source does not say")
		w.Want(http.StatusOK, w.stranger.Get("/ru"+at[1]+"/delivery"), "ответственный не назван")
		w.Want(http.StatusOK, w.stranger.Get("/ru"+at[1]+"/delivery/slides"), "Ожидают: 5")
		if a := w.stranger.Get("/kk" + at[1] + "/delivery.pdf"); a.Status != http.StatusOK || !strings.HasPrefix(a.Body, "%PDF-") {
			t.Errorf("the report on paper: %d", a.Status)
		}
		w.Want(http.StatusOK, w.stranger.Get("/api/v1"+at[1]), `"and_others":true`, `"standing":"no_owner"`)
	})
}

func TestAnItemOnItsPages(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		begin := url.Values{"kind": {"resolution"}, "title.kk": {"Қарар"}, "title.ru": {"Резолюция"}, "place": {"150000000"}}
		for name, by := range map[string]*birgetest.Reader{"citizen": w.citizen, "lead": w.lead, "away": w.away} {
			if a := by.Post("/ru/resolutions/new", begin); a.Status != http.StatusForbidden {
				t.Errorf("%s begins a document: %d", name, a.Status)
			}
		}
		w.Want(http.StatusUnprocessableEntity, w.keeper.Post("/ru/resolutions/new", url.Values{"kind": {"resolution"}, "title.ru": {"Резолюция"}, "place": {"150000000"}}))
		at := "/ru" + w.Went(w.keeper.Post("/ru/resolutions/new", begin))
		w.Went(w.keeper.Post(at+"/adopt", url.Values{"on": {w.Resolutions.Today().String()}}))
		ask := url.Values{"text.ru": {"открыть центр"}, "theme": {"youth"}, "due": {w.Resolutions.Today().AddDays(30).String()}, "measure": {"центр открыт"}, "answer_by": {w.Resolutions.Today().AddDays(5).String()}}
		w.Want(http.StatusUnprocessableEntity, w.keeper.Post(at+"/items/new", ask), "пункт без ответственного никто не исполнит", "центр открыт")
		ask.Set("owner", w.body.ID.String())
		w.Want(http.StatusForbidden, w.lead.Post(at+"/items/new", ask))
		w.Want(http.StatusOK, w.keeper.Get(at+"/items/new"), "Управление молодежи")
		w.Went(w.keeper.Post(at+"/items/new", ask))
		item := at + "/items/" + first(t, w, at)
		w.Want(http.StatusForbidden, w.lead.Post(item+"/assign", ask))
		w.Want(http.StatusOK, w.keeper.Get(item+"/assign"), "Управление молодежи")
		w.Went(w.keeper.Post(item+"/assign", ask))
		w.Want(http.StatusOK, w.stranger.Get(item), "ждёт ответа", "Управление молодежи")
		w.byLink(item)
		w.followed(at, item)
		w.Want(http.StatusForbidden, w.citizen.Get(item+"/work"))
		w.Want(http.StatusUnprocessableEntity, w.owner.Post(item+"/done", url.Values{}), "чем подтверждается")
		w.Went(w.owner.Post(item+"/done", url.Values{"proof": {"Акт приёмки от мая"}}))
		w.Want(http.StatusForbidden, w.owner.Get(item+"/judge"))
		w.Want(http.StatusUnprocessableEntity, w.keeper.Post(item+"/judge", url.Values{"confirm": {"no"}}), "Напишите причины")
		w.Went(w.keeper.Post(item+"/judge", url.Values{"confirm": {"no"}, "why": {"Центр закрыт"}}))
		w.Want(http.StatusOK, w.stranger.Get(item), "оспорено", "Центр закрыт", "Акт приёмки")
		w.Want(http.StatusOK, w.stranger.Get(at+"/delivery"), "Оспорено", "Управление молодежи")
		w.Want(http.StatusNotFound, w.stranger.Get("/ru/resolutions/0000000000000/items/"+strings.TrimPrefix(item, at+"/items/")))
	})
}

// followed asks for the feeds and the calendars of a document and of one of its items.
func (w *region) followed(at, item string) {
	w.t.Helper()
	w.Want(http.StatusOK, w.stranger.Get("/ru/resolutions.atom"), "<feed", at)
	w.Want(http.StatusOK, w.stranger.Get(at+"/news.atom"), "<feed", "Документ принят", "открыть центр", item)
	w.Want(http.StatusOK, w.stranger.Get(item+"/news.atom"), "Пункт принят к исполнению")
	for _, path := range []string{at + "/items.ics", item + "/dates.ics"} {
		w.Want(http.StatusOK, w.stranger.Get(path), "BEGIN:VEVENT", "Срок: № 1 открыть центр")
	}
	w.Want(http.StatusOK, w.stranger.Get(item), "/follow?to=", "/dates.ics")
	w.Want(http.StatusOK, w.citizen.Get("/ru/follow?to="+url.QueryEscape(strings.TrimPrefix(item, "/ru"))), "открыть центр")
	w.Want(http.StatusNotFound, w.citizen.Get("/ru/follow?to="+url.QueryEscape(strings.Replace(strings.TrimPrefix(item, "/ru"), strings.TrimPrefix(at, "/ru"), "/resolutions/0000000000000", 1))))
}

// byLink answers for the body by the mailed link: once, by POST only.
func (w *region) byLink(item string) {
	w.t.Helper()
	to, text := w.mailed()
	link := regexp.MustCompile(`/ru/answers/\S+`).FindString(text)
	if to != "office@body.kz" || link == "" {
		w.t.Fatalf("the letter to %s has no link: %s", to, text)
	}
	for range 2 {
		w.Want(http.StatusOK, w.stranger.Get(link), "открыть центр", "Управление молодежи")
	}
	w.Want(http.StatusUnprocessableEntity, w.stranger.Post(link, url.Values{"accept": {"no"}}), "Напишите причины")
	w.Went(w.stranger.Post(link, url.Values{"accept": {"yes"}}))
	w.Want(http.StatusNotFound, w.stranger.Get(link))
	w.Want(http.StatusNotFound, w.stranger.Post(link, url.Values{"accept": {"yes"}}))
	w.Want(http.StatusOK, w.stranger.Get(item), "пришёл по ссылке", "срок не истёк")
	if to, text := w.mailed(); to != "office@body.kz" || !strings.Contains(text, "ответили по ссылке") {
		w.t.Errorf("the body is not told that somebody answered: %s: %s", to, text)
	}
}

// first is the id of the first item of a document.
func first(t *testing.T, w *region, at string) string {
	t.Helper()
	id, _ := ref.ParseID(strings.TrimPrefix(at, "/ru/resolutions/"))
	y, err := w.Resolutions.Story(t.Context(), access.Actor{}, id)
	w.Must(err)
	if len(y.Rows) == 0 || y.Stage != resolutions.Adopted {
		t.Fatalf("no item in %+v", y.Document)
	}
	return y.Rows[0].ID.String()
}
