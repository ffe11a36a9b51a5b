package resolutionsweb_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// linked is the link of a kind in the newest letter to an address.
func (w *region) linked(to, kind string) string {
	w.t.Helper()
	is, text := w.mailed()
	link := regexp.MustCompile(`/ru` + kind + `\S+`).FindString(text)
	if is != to || link == "" {
		w.t.Fatalf("the newest letter goes to %s and says %s", is, text)
	}
	return link
}

func TestSpeakingWithoutAnAccount(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		at, session := w.begun()
		w.Want(http.StatusOK, w.stranger.Get(at+"/propose?session="+session), "Ваша электронная почта", "код участника", "Секция о селе", "Войдите")
		form := url.Values{"lang": {"kk"}, "text": {"ауыл кітапханасын жаңарту"}, "session": {session}, "email": {"reader@mail.kz"}}
		page := w.Want(http.StatusUnprocessableEntity, w.stranger.Post(at+"/propose", form), "ауыл кітапханасын жаңарту", "reader@mail.kz", "Без согласия")
		if strings.Contains(page, "Ваше предложение принято") {
			t.Error("taken without consent")
		}
		form.Set("consent", "yes")
		w.Went(w.stranger.Post(at+"/propose", form))
		if strings.Contains(w.stranger.Get(at+"/proposals").Body, "кітапханасын") {
			t.Error("a proposal stands before the address is proved")
		}
		link := w.linked("reader@mail.kz", "/voices/")
		for range 2 {
			w.Want(http.StatusOK, w.stranger.Get(link), "ауыл кітапханасын жаңарту", "reader@mail.kz")
		}
		if strings.Contains(w.stranger.Get(at+"/proposals").Body, "кітапханасын") {
			t.Error("looking at a link makes the proposal stand")
		}
		made := "/ru" + w.Went(w.stranger.Post(link, nil))
		w.Want(http.StatusOK, w.stranger.Get(made), "ауыл кітапханасын жаңарту", "Гражданин")
		w.Want(http.StatusNotFound, w.stranger.Get(link))
		w.Want(http.StatusNotFound, w.stranger.Post(link, nil))
		for _, path := range []string{made, at, at + "/proposals", at + "/proposals.atom", "/api/v1" + strings.TrimPrefix(at, "/ru"), "/ru/search?q=" + url.QueryEscape("reader@mail.kz")} {
			if page := w.stranger.Get(path).Body; strings.Contains(page, "reader@mail") && !strings.Contains(path, "search") || strings.Contains(page, made) && strings.Contains(path, "search") {
				t.Errorf("%s shows whose proposal it is", path)
			}
		}
		mine := w.linked("reader@mail.kz", "/voices/mine/")
		w.Want(http.StatusOK, w.stranger.Get(mine), "кітапханасын", "reader@mail.kz")
		w.Want(http.StatusOK, w.stranger.Get(mine+"/copy"), `"email":"reader@mail.kz"`)
		w.Want(http.StatusNotFound, w.stranger.Get(mine+"x"))
		w.supportedByMail(at)
		mine = w.linked("Reader@mail.kz", "/voices/mine/")
		w.Went(w.stranger.Post(mine, url.Values{"proposal": {made[strings.LastIndexByte(made, '/')+1:]}}))
		w.Want(http.StatusOK, w.stranger.Get(made), "Автор отозвал")
		w.Went(w.stranger.Post(mine, url.Values{"do": {"erase"}}))
		w.Want(http.StatusNotFound, w.stranger.Get(mine))
		w.Want(http.StatusNotFound, w.stranger.Post(mine, url.Values{"do": {"erase"}}))
	})
}

// supportedByMail has the same address support another proposal.
func (w *region) supportedByMail(at string) {
	w.t.Helper()
	other := "/ru" + w.Went(w.citizen.Post(at+"/propose", url.Values{"lang": {"ru"}, "text": {"открыть автобусный маршрут"}}))
	w.Want(http.StatusOK, w.stranger.Get(other+"/support"), "автобусный маршрут", "Ваша электронная почта")
	w.Want(http.StatusUnprocessableEntity, w.stranger.Post(other+"/support", url.Values{"consent": {"yes"}}), "Укажите почту")
	w.Want(http.StatusNotFound, w.stranger.Post(strings.Replace(other, at, "/ru/resolutions/0000000000000", 1)+"/support", url.Values{"consent": {"yes"}, "email": {"reader@mail.kz"}}))
	w.Want(http.StatusUnprocessableEntity, w.stranger.Post(other+"/support", url.Values{"consent": {"yes"}, "code": {"0000000"}}))
	w.Went(w.stranger.Post(other+"/support", url.Values{"consent": {"yes"}, "email": {"Reader@mail.kz"}}))
	w.Want(http.StatusOK, w.stranger.Get(other), "поддержали 0 человек")
	w.Went(w.stranger.Post(w.linked("Reader@mail.kz", "/voices/"), nil))
	w.Want(http.StatusOK, w.stranger.Get(other), "поддержал 1 человек")
}
