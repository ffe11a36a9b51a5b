package resolutionsweb_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/platform/access"
)

// opened is the address of a document whose text of two articles is open.
func (w *region) opened() (at string) {
	w.t.Helper()
	at = "/ru" + w.Went(w.keeper.Post("/ru/resolutions/new", url.Values{"kind": {"resolution"}, "title.kk": {"Қарар"}, "title.ru": {"Резолюция"}, "place": {"150000000"}}))
	text := url.Values{"kk": {"ауылға интернет берілсін\n\nжол жөнделсін"}, "ru": {"дать сёлам связь"}}
	for _, by := range []*birgetest.Reader{w.citizen, w.lead, w.away} {
		w.Want(http.StatusForbidden, by.Post(at+"/articles/new", text))
		w.Want(http.StatusForbidden, by.Get(at+"/open"))
	}
	w.Want(http.StatusUnprocessableEntity, w.keeper.Post(at+"/articles/new", text), "их должно быть поровну", "жол жөнделсін")
	text.Set("ru", "дать сёлам связь\n\nотремонтировать дорогу")
	w.Went(w.keeper.Post(at+"/articles/new", text))
	w.Want(http.StatusConflict, w.citizen.Get(at+"/amend?act=add"))
	w.Went(w.keeper.Post(at+"/open", url.Values{"until": {w.Resolutions.Today().AddDays(9).String()}}))
	w.Want(http.StatusOK, w.stranger.Get(at+"/text"), "дать сёлам связь", "Комментарии и поправки принимаются до")
	return at
}

// articles are the addresses of the articles of a text.
func (w *region) articles(at string) (out []string) {
	w.t.Helper()
	for _, m := range regexp.MustCompile(`<h2>\s*<a href="(/ru/resolutions/[0-9a-z]{13}/articles/[0-9a-z]{13})"`).FindAllStringSubmatch(w.stranger.Get(at+"/text").Body, -1) {
		out = append(out, m[1])
	}
	return out
}

func idOf(address string) string { return address[strings.LastIndexByte(address, '/')+1:] }

func TestAmendmentsOnTheirPages(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		at := w.opened()
		list := w.articles(at)
		if len(list) != 2 {
			t.Fatalf("the text has %d articles", len(list))
		}
		form := url.Values{"article": {idOf(list[0])}, "act": {"replace"}, "base": {"1"}, "text.kk": {"ауылға интернет берілсін"}, "text.ru": {"дать сёлам и аулам быструю связь"}, "why": {"Так нужно"}, "lang": {"ru"}}
		w.Want(http.StatusUnauthorized, w.stranger.Post(at+"/amend", form))
		w.Want(http.StatusOK, w.citizen.Get(at+"/amend?article="+idOf(list[0])), "дать сёлам связь")
		mine := "/ru" + w.Went(w.citizen.Post(at+"/amend", form))
		page := w.Want(http.StatusOK, w.stranger.Get(mine), "Поправка № 1 к пункту 1", "быструю", "<ins>", "Гражданин", "Так нужно")
		if strings.Contains(page, "қазақша") || strings.Contains(page, "по-казахски") {
			t.Error("a language that does not change is told")
		}
		w.Want(http.StatusOK, w.keeper.Get("/ru/desk"), "Дать рекомендацию по поправке")
		for _, by := range []*birgetest.Reader{w.citizen, w.lead, w.away} {
			for _, act := range []string{"/advise", "/decide"} {
				w.Want(http.StatusForbidden, by.Post(mine+act, url.Values{"advice": {"adopt"}}))
			}
			w.Want(http.StatusForbidden, by.Post(at+"/decide", nil))
		}
		w.Want(http.StatusForbidden, w.lead.Post(mine+"/withdraw", nil))
		w.Want(http.StatusForbidden, w.lead.Get(mine+"/renew"))
		w.Want(http.StatusConflict, w.keeper.Post(mine+"/decide", nil), "нет ни рекомендации, ни голосования")
		w.Went(w.keeper.Post(mine+"/advise", url.Values{"advice": {"adopt"}}))
		w.Want(http.StatusOK, w.stranger.Get(at+"/amendments"), "рекомендовано принять", "ждёт решения")
		w.Went(w.keeper.Post(at+"/decide", nil))
		w.Want(http.StatusOK, w.stranger.Get(mine), "принята", "Редакция 2")
		w.Want(http.StatusOK, w.stranger.Get(at+"/text"), "быструю", "<ins>")
		if strings.Contains(w.stranger.Get(at+"/text?edition=1").Body, "быструю") {
			t.Error("the first edition says what the second does")
		}
		w.Want(http.StatusNotFound, w.stranger.Get(at+"/text?edition=9"))
		w.Want(http.StatusOK, w.stranger.Get(list[0]), "Как менялся текст", "быструю")
		w.late(at, list)
		w.Want(http.StatusOK, w.stranger.Get("/kk"+strings.TrimPrefix(mine, "/ru")), "Түзету қабылданды", "№ 1 түзету")
		w.Want(http.StatusOK, w.stranger.Get("/en"+strings.TrimPrefix(at, "/ru")+"/amendments?which=all"), "Amendment 1 to article 1")
	})
}

// late amends what was changed or deleted meanwhile: it is refused with the reason,
// and what was typed stays.
func (w *region) late(at string, list []string) {
	w.t.Helper()
	form := url.Values{"article": {idOf(list[0])}, "act": {"replace"}, "base": {"1"}, "text.ru": {"построить вышку у каждого аула"}}
	w.Want(http.StatusConflict, w.citizen.Post(at+"/amend", form), "Пока вы писали, пункт изменился", "построить вышку у каждого аула", "быструю", `name="base" value="2"`)
	form.Set("base", "2")
	w.Went(w.citizen.Post(at+"/amend", form))
	drop := "/ru" + w.Went(w.lead.Post(at+"/amend", url.Values{"article": {idOf(list[1])}, "act": {"delete"}, "base": {"1"}, "org": {w.ngo.ID.String()}}))
	w.Went(w.keeper.Post(drop+"/advise", url.Values{"advice": {"adopt"}}))
	w.Went(w.keeper.Post(drop+"/decide", nil))
	w.Want(http.StatusOK, w.stranger.Get(list[1]), "исключён в редакции 3")
	form = url.Values{"article": {idOf(list[1])}, "act": {"replace"}, "base": {"1"}, "text.ru": {"построить новый мост"}}
	w.Want(http.StatusConflict, w.citizen.Post(at+"/amend", form), "Этот пункт исключён", "построить новый мост", "добавить новый пункт")
	form.Set("act", "add")
	w.Went(w.citizen.Post(at+"/amend", form))
}

func TestCommentsAndDutyOnTheirPages(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		at := w.opened()
		list := w.articles(at)
		w.Want(http.StatusUnprocessableEntity, w.citizen.Post(list[0]+"/comments", nil))
		w.Went(w.citizen.Post(list[0]+"/comments", url.Values{"lang": {"ru"}, "text": {"Связь нужна и школе"}}))
		w.Went(w.lead.Post(at+"/comments", url.Values{"lang": {"ru"}, "text": {"Документ понятный"}, "org": {w.ngo.ID.String()}}))
		page := w.Want(http.StatusOK, w.stranger.Get(list[0]), "Связь нужна и школе")
		w.Want(http.StatusOK, w.stranger.Get(at+"/comments"), "Документ понятный", "Жасыл дала")
		said := at + "/comments/" + regexp.MustCompile(`id="c([0-9a-z]{13})"`).FindStringSubmatch(page)[1]
		w.Want(http.StatusForbidden, w.lead.Post(said+"/remove", nil))
		w.Want(http.StatusUnprocessableEntity, w.keeper.Post(said+"/remove", nil))
		w.Went(w.keeper.Post(said+"/remove", url.Values{"why": {"реклама"}}))
		if strings.Contains(w.stranger.Get(list[0]).Body, "Связь нужна") {
			t.Error("a removed comment is still shown")
		}
		duty := url.Values{"asks": {"yes"}, "owner": {w.body.ID.String()}, "measure": {"связь есть"}, "version": {"2"}}
		w.Want(http.StatusForbidden, w.lead.Post(list[0]+"/duty", duty))
		w.Went(w.keeper.Post(list[0]+"/duty", duty))
		today := w.Resolutions.Today()
		adopt := url.Values{"on": {today.String()}, "answer_by": {today.AddDays(3).String()}}
		w.Want(http.StatusConflict, w.keeper.Post(at+"/adopt", adopt), "Пункт без ответственного, срока или меры успеха не принимается")
		duty.Set("due", today.AddDays(40).String())
		duty.Set("version", "3")
		w.Went(w.keeper.Post(list[0]+"/duty", duty))
		w.Went(w.keeper.Post(at+"/adopt", adopt))
		w.Want(http.StatusOK, w.stranger.Get(at), "дать сёлам связь", "Управление молодежи", "ждёт ответа")
		if to, text := w.mailed(); to != "office@body.kz" || !strings.Contains(text, "/ru/answers/") {
			t.Errorf("the owner was not asked: %s: %s", to, text)
		}
		y, err := w.Resolutions.Waiting(t.Context(), access.Actor{})
		if err != nil || y != nil {
			t.Errorf("something waits for nobody: %v, %v", y, err)
		}
	})
}
