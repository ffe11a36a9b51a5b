package resolutionsweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"birge/internal/birgetest"
	"birge/internal/forums"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/resolutions"
)

// begun is the address of a document for a forum with one section, and the section.
func (w *region) begun() (at, session string) {
	w.t.Helper()
	ctx, portal := w.t.Context(), access.Portal("test")
	place, _ := w.Places.Tree().ByKATO("150000000")
	day, name := w.Resolutions.Today().AddDays(10), i18n.Text{KK: "Ауыл секциясы", RU: "Секция о селе"}
	f, err := w.Forums.Create(ctx, portal, forums.NewForum{Plan: forums.Plan{Title: i18n.Text{KK: "Форум", RU: "Весенний форум"}, Theme: name, PlaceID: place.ID, OrganizerID: w.body.ID, From: day, Until: day}})
	w.Must(err)
	_, err = w.Forums.Announce(ctx, portal, f.ID)
	w.Must(err)
	from := day.In(w.Zone).Add(10 * time.Hour)
	x, err := w.Forums.PlanSession(ctx, portal, f.ID, 0, 0, forums.NewSession{SessionPlan: forums.SessionPlan{Kind: forums.Section, Title: name, Starts: db.At(from), Ends: db.At(from.Add(time.Hour))}})
	w.Must(err)
	_, err = w.Forums.ReleaseProgramme(ctx, portal, f.ID)
	w.Must(err)
	page := "/ru" + f.Ref().Path
	w.Want(http.StatusOK, w.keeper.Get(page), "Начать документ этого форума")
	if strings.Contains(w.stranger.Get(page).Body, "Начать документ") {
		w.t.Error("a stranger is offered to begin a document")
	}
	w.Want(http.StatusOK, w.keeper.Get("/ru/resolutions/new?forum="+f.ID.String()), "Весенний форум", `value="150000000"`)
	form := url.Values{"kind": {"resolution"}, "title.kk": {"Қарар"}, "title.ru": {"Резолюция"}, "place": {"150000000"}, "forum": {f.ID.String()}}
	at = "/ru" + w.Went(w.keeper.Post("/ru/resolutions/new", form))
	w.Want(http.StatusOK, w.stranger.Get(page), "Внести предложение", "Резолюция")
	return at, x.ID.String()
}

func TestProposalsOnTheirPages(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		at, session := w.begun()
		mine := url.Values{"lang": {"ru"}, "text": {"открыть в каждом районе бесплатную комнату для встреч жителей"}, "session": {session}}
		w.Want(http.StatusUnprocessableEntity, w.stranger.Post(at+"/propose", mine), "бесплатную комнату", "Укажите почту")
		w.Want(http.StatusUnprocessableEntity, w.citizen.Post(at+"/propose", url.Values{"lang": {"ru"}}))
		w.Want(http.StatusForbidden, w.citizen.Post(at+"/propose", url.Values{"lang": {"ru"}, "text": {"x"}, "org": {w.ngo.ID.String()}}))
		first := "/ru" + w.Went(w.citizen.Post(at+"/propose", mine))
		w.Want(http.StatusOK, w.stranger.Get(first), "бесплатную комнату", "Гражданин", "до форума", "Секция о селе", "/support")
		alike := url.Values{"lang": {"ru"}, "text": {"открыть бесплатные комнаты встреч жителей в каждом районе области"}, "org": {w.ngo.ID.String()}}
		w.Want(http.StatusOK, w.lead.Post(at+"/propose", alike), "Есть похожие предложения", "бесплатную комнату", "открыть бесплатные комнаты")
		alike.Set("sure", "yes")
		second := "/ru" + w.Went(w.lead.Post(at+"/propose", alike))
		for range 2 {
			w.Went(w.owner.Post(second+"/support", nil))
		}
		w.Want(http.StatusOK, w.owner.Get(second), "поддержал 1 человек", "Отозвать поддержку", "Жасыл дала", "Похожие предложения")
		into := url.Values{"into": {first[strings.LastIndexByte(first, '/')+1:]}}
		for name, by := range map[string]*birgetest.Reader{"citizen": w.citizen, "lead": w.lead, "away": w.away} {
			if a := by.Post(second+"/merge", into); a.Status != http.StatusForbidden {
				t.Errorf("%s merges: %d", name, a.Status)
			}
		}
		w.Want(http.StatusOK, w.keeper.Get(second+"/merge"), "бесплатную комнату")
		w.Went(w.keeper.Post(second+"/merge", into))
		w.Want(http.StatusOK, w.stranger.Get(first), "Объединённые предложения", "Жасыл дала", "поддержал 1 человек")
		w.Want(http.StatusOK, w.stranger.Get(second), "Это предложение объединено с другим")
		w.Want(http.StatusConflict, w.citizen.Post(second+"/support", nil))
		w.Want(http.StatusForbidden, w.lead.Post(second+"/part", nil))
		w.Went(w.keeper.Post(second+"/part", nil))
		w.Went(w.owner.Post(second+"/support", url.Values{"back": {"yes"}}))
		w.Want(http.StatusOK, w.stranger.Get(second), "поддержали 0 человек")
		w.Want(http.StatusForbidden, w.owner.Post(second+"/withdraw", nil))
		w.Want(http.StatusOK, w.stranger.Get(at+"/proposals.atom"), "открыть бесплатные комнаты")
		w.Want(http.StatusNotFound, w.stranger.Get("/ru/resolutions/0000000000000/proposals"))
		w.Want(http.StatusOK, w.stranger.Get("/ru/search?q="+url.QueryEscape("бесплатные комнаты встреч")), second)
		w.fromTheFloor(at, session)
	})
}

// fromTheFloor takes in what was said in the section, and sums it up.
func (w *region) fromTheFloor(at, session string) {
	w.t.Helper()
	said := url.Values{"session": {session}, "lang": {"kk"}, "remarks": {"Ауылға интернет беру\n\n  Жол шығынын төлеу \n"}, "who": {"ауыл ҮЕҰ-лары"}}
	for _, by := range []*birgetest.Reader{w.citizen, w.lead, w.away} {
		w.Want(http.StatusForbidden, by.Post(at+"/remarks", said))
		w.Want(http.StatusForbidden, by.Get(at+"/summary?session="+session))
	}
	w.Want(http.StatusUnprocessableEntity, w.keeper.Post(at+"/remarks", url.Values{"session": {session}}))
	w.Went(w.keeper.Post(at+"/remarks", said))
	list := at + "/proposals?session=" + session
	w.Want(http.StatusOK, w.stranger.Get(list), "Ауылға интернет беру", "Жол шығынын төлеу", "ауыл ҮЕҰ-лары")
	w.Want(http.StatusOK, w.keeper.Get(at+"/summary?session="+session))
	w.Went(w.keeper.Post(at+"/summary", url.Values{"session": {session}, "version": {"0"}, "text.ru": {"Секция просит связь"}}))
	w.Want(http.StatusConflict, w.keeper.Post(at+"/summary", url.Values{"session": {session}, "version": {"0"}, "text.ru": {"Другое"}}))
	w.Want(http.StatusOK, w.stranger.Get(list), "Секция просит связь")
}

// An item that is asked of a body waits on the desk of its people; a proposer is
// asked there to confirm.
func TestDesksOfAnItem(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		begin := url.Values{"kind": {"resolution"}, "title.kk": {"Қарар"}, "title.ru": {"Резолюция"}, "place": {"150000000"}}
		at := w.Went(w.keeper.Post("/ru/resolutions/new", begin))
		id, _ := ref.ParseID(strings.TrimPrefix(at, "/resolutions/"))
		w.Went(w.keeper.Post("/ru"+at+"/adopt", url.Values{"on": {w.Resolutions.Today().String()}}))
		today := w.Resolutions.Today()
		i, err := w.Resolutions.AddItem(t.Context(), access.Portal("test"), id, resolutions.NewItem{Text: i18n.Only(i18n.RU, "открыть центр"), ProposerOrg: w.ngo.ID,
			Ask: resolutions.Ask{OwnerID: w.body.ID, Due: today.AddDays(30), Measure: i18n.Only(i18n.RU, "центр открыт"), AnswerBy: today.AddDays(5)}})
		w.Must(err)
		w.Must(w.AwaitFeed(t.Context()))
		item := "/ru" + i.Ref().Path
		w.Want(http.StatusOK, w.owner.Get("/ru/desk"), "Ответить на пункт резолюции", item+"/reply")
		w.Went(w.owner.Post(item+"/reply", url.Values{"accept": {"yes"}}))
		if strings.Contains(w.owner.Get("/ru/desk").Body, item+"/reply") {
			t.Error("the item still waits on the desk")
		}
		w.Went(w.owner.Post(item+"/done", url.Values{"proof": {"Акт"}}))
		w.Want(http.StatusOK, w.lead.Get("/ru/desk"), item+"/judge")
		w.Want(http.StatusOK, w.citizen.Get("/ru/follow?to="+at), "Резолюция")
	})
}
