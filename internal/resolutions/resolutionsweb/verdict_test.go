package resolutionsweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/resolutions"
)

// doneForReader has an item done that grew from what somebody proposed without an
// account, and gives its address and the link to all they said.
func (w *region) doneForReader() (item, mine string) {
	w.t.Helper()
	ctx, portal, today := w.t.Context(), access.Portal("test"), w.Resolutions.Today()
	at, _ := w.begun()
	w.Went(w.stranger.Post(at+"/propose", url.Values{"lang": {"ru"}, "text": {"обновить библиотеку"}, "email": {"reader@mail.kz"}, "consent": {"yes"}}))
	made := w.Went(w.stranger.Post(w.linked("reader@mail.kz", "/voices/"), nil))
	mine = w.linked("reader@mail.kz", "/voices/mine/")
	document, _ := ref.ParseID(idOf(at))
	proposal, _ := ref.ParseID(idOf(made))
	both := i18n.Text{KK: "Кітапхананы жаңарту", RU: "Обновить библиотеку"}
	_, err := w.Resolutions.Write(ctx, portal, document, []resolutions.NewArticle{{Text: both, ProposalID: proposal,
		Duty: resolutions.Duty{Asks: true, OwnerID: w.body.ID, Due: today.AddDays(60), Measure: both}}})
	w.Must(err)
	w.Must(w.Resolutions.LayOpen(ctx, portal, document, resolutions.Opening{Until: today.AddDays(5)}))
	w.Must(w.Resolutions.Adopt(ctx, portal, document, resolutions.Adoption{On: today, AnswerBy: today.AddDays(5)}))
	y, err := w.Resolutions.Story(ctx, access.Actor{}, document)
	w.Must(err)
	i := y.Rows[0].Item
	w.Must(w.Resolutions.Reply(ctx, portal, i.ID, 0, resolutions.Reply{Accept: true}))
	w.Must(w.Resolutions.Finish(ctx, portal, i.ID, 0, i18n.Only(i18n.RU, "Акт приёмки"), ""))
	w.Must(w.AwaitFeed(ctx))
	return "/ru" + i.Ref().Path, mine
}

func TestWhoProposedWithoutAnAccountJudges(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		item, mine := w.doneForReader()
		link := w.linked("reader@mail.kz", "/voices/judge/")
		form := mine + "/items/" + idOf(item)
		w.Want(http.StatusOK, w.stranger.Get(mine), "Обновить библиотеку", "исполнено", form)
		for _, path := range []string{link, link, form} { // looking changes nothing
			w.Want(http.StatusOK, w.stranger.Get(path), "Обновить библиотеку", "Акт приёмки", "Подтвердить или оспорить")
		}
		w.Want(http.StatusOK, w.stranger.Get(item), "ждём до", "исполнено")
		w.Want(http.StatusForbidden, w.keeper.Get(item+"/judge"))
		w.Want(http.StatusUnprocessableEntity, w.stranger.Post(link, nil))
		w.Want(http.StatusUnprocessableEntity, w.stranger.Post(link, url.Values{"confirm": {"no"}}), "Напишите причины")
		w.Want(http.StatusNotFound, w.stranger.Post(mine+"/items/0000000000000", url.Values{"confirm": {"yes"}}))
		if at := w.Went(w.stranger.Post(link, url.Values{"confirm": {"no"}, "why": {"Библиотека закрыта"}})); !strings.HasSuffix(item, at) {
			t.Errorf("one is led to %s", at)
		}
		page := w.Want(http.StatusOK, w.stranger.Get(item), "оспорено", "Библиотека закрыта", "Слово предложившего пришло по ссылке")
		w.Want(http.StatusOK, w.stranger.Get("/kk"+strings.TrimPrefix(item, "/ru")), "сілтеме арқылы келді")
		for _, path := range []string{link, form} {
			w.Want(http.StatusNotFound, w.stranger.Get(path))
			w.Want(http.StatusNotFound, w.stranger.Post(path, url.Values{"confirm": {"yes"}}))
		}
		document, _, _ := strings.Cut(item, "/items/")
		for _, public := range []string{page, w.stranger.Get(document).Body, w.stranger.Get(item + "/news.atom").Body, w.stranger.Get(document + "/delivery").Body, w.stranger.Get("/api/v1" + strings.TrimPrefix(document, "/ru")).Body} {
			if strings.Contains(public, "reader@mail") || strings.Contains(public, "proposer_guest") {
				t.Error("a public page shows who proposed")
			}
		}
		if page := w.stranger.Get(mine).Body; strings.Contains(page, form) || !strings.Contains(page, "оспорено") {
			t.Error("the page of what was said asks again")
		}
		w.Want(http.StatusOK, w.stranger.Get(mine+"/copy"), `"standing":"disputed"`)
	})
}
