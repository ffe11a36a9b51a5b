package forumsweb_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/forums"
	"birge/internal/platform/access"
)

// A session runs over HTTP: somebody asks for the word, asks a question and votes;
// the moderator leads; the screen shows; strangers and wrong links come nowhere.
func TestASessionOnThreeScreens(t *testing.T) { birgetest.EachFew(t, aSessionOnThreeScreens) }

func aSessionOnThreeScreens(t *testing.T, s *birgetest.Sample) {
	lead, screen, phone := "/kk/hall/"+s.HallLink(forums.Leads), "/kk/hall/"+s.HallLink(forums.Shows), "/kk/hall/"+s.HallLink(forums.Attends)
	who := s.Stranger()
	read := func(path string) string {
		t.Helper()
		a := who.Get(path)
		if a.Status != http.StatusOK || a.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("%s: %d %v", path, a.Status, a.Header["Cache-Control"])
		}
		return a.Body
	}
	session := regexp.MustCompile(`turn\?session=(\w+)`).FindStringSubmatch(read(lead))[1]
	post := func(path string, want int, form ...string) string {
		t.Helper()
		values := url.Values{"session": {session}}
		for i := 0; i < len(form); i += 2 {
			values.Set(form[i], form[i+1])
		}
		a := who.Post(path, values)
		if a.Status != want {
			t.Fatalf("%s %v: %d, want %d", path, form, a.Status, want)
		}
		return a.Body
	}
	id := func(page, do string) string {
		t.Helper()
		m := regexp.MustCompile(`name="do" value="` + do + `"/?>(?:<input type="hidden" name="session" value="\w+"/?>)<input type="hidden" name="id" value="(\w+)"`).FindStringSubmatch(page)
		if m == nil {
			t.Fatalf("no button does %s", do)
		}
		return m[1]
	}
	turn := read(strings.Replace(lead, "/kk/", "/", 1) + "/turn")

	post(phone, http.StatusSeeOther, "do", "word")
	post(phone, http.StatusSeeOther, "do", "ask", "text", "Жол қашан салынады?")
	post(phone, http.StatusUnprocessableEntity, "do", "ask", "text", "")
	if body := post(phone, http.StatusUnprocessableEntity, "do", "ask", "text", strings.Repeat("ұ", 501)); !strings.Contains(body, "ұұұ") {
		t.Error("a question that is too long is lost")
	}
	page := read(lead)
	if !strings.Contains(page, "Жол қашан салынады?") || strings.Contains(read(screen), "Жол қашан салынады?") {
		t.Error("a new question is the moderator's alone")
	}
	for _, word := range []string{`value="secret"`} {
		if strings.Contains(page, word) {
			t.Error("without HTTPS a secret vote is offered")
		}
	}
	post(lead, http.StatusUnprocessableEntity, "do", "vote", "manner", "secret", "subject.kk", "Жасырын ба?")
	post(lead, http.StatusSeeOther, "do", "vote", "manner", "open", "subject.kk", "Жол саламыз ба?")
	post(lead, http.StatusConflict, "do", "vote", "manner", "open", "subject.kk", "Тағы ма?")
	vote := id(read(phone+"?session="+session), "cast")
	post(phone, http.StatusUnprocessableEntity, "do", "cast", "id", vote)
	post(phone, http.StatusSeeOther, "do", "cast", "id", vote, "choice", "0")
	post(phone, http.StatusConflict, "do", "cast", "id", vote, "choice", "1")
	if wall := read(screen); !strings.Contains(wall, "Жол саламыз ба?") || strings.Contains(wall, "<form") {
		t.Error("the screen shows the vote, and nothing to press")
	}
	post(lead, http.StatusSeeOther, "do", "close", "id", vote)
	post(phone, http.StatusConflict, "do", "cast", "id", vote, "choice", "1")
	if !strings.Contains(read(screen), "тізімдегі белгі: 1, бюллетень: 1") {
		t.Error("the screen does not prove the count")
	}
	post(lead, http.StatusSeeOther, "do", "call", "id", id(read(lead), "call"))
	if !strings.Contains(read(screen), "data-left=") {
		t.Error("the screen has no clock")
	}
	if who.Get(screen).Header.Get("Refresh") != "" || who.Get(screen+"?again=5").Header.Get("Refresh") != "5" {
		t.Error("a screen without a script is fetched anew when it asks, and no other")
	}
	if read(strings.Replace(lead, "/kk/", "/", 1)+"/turn") == "" || turn == "" {
		t.Error("no turn")
	}

	post(screen, http.StatusNotFound, "do", "call", "id", vote)
	post(phone, http.StatusUnprocessableEntity, "do", "close", "id", vote)
	post(phone, http.StatusNotFound, "do", "cast", "id", session)
	post(lead+"X", http.StatusNotFound, "do", "end")
	forum := s.Forums
	list, err := forum.List(t.Context(), access.Actor{})
	if err != nil {
		t.Fatal(err)
	}
	keep := "/ru" + list[0].Ref().Path + "/hall/keep"
	for email, want := range map[string]int{"": http.StatusSeeOther, birgetest.Citizen: http.StatusForbidden, birgetest.OtherLead: http.StatusForbidden, birgetest.Officer: http.StatusOK} {
		if a := s.Reader(email).Get(keep); a.Status != want {
			t.Errorf("%q reads %s: %d, want %d", email, keep, a.Status, want)
		}
	}
	for _, code := range []string{"", "AAAAAAA"} {
		if a := s.Stranger().Post("/ru"+list[0].Ref().Path+"/hall", url.Values{"code": {code}}); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("the code %q: %d", code, a.Status)
		}
	}
}
