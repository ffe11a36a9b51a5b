package awardsweb_test

import (
	"bytes"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"birge/internal/awards"
	"birge/internal/birgetest"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// decided is the round of the sample that has laureates.
func decided(t *testing.T, s *birgetest.Sample) awards.Story {
	t.Helper()
	rounds, err := s.Awards.Rounds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rounds {
		if r.State == awards.Decided {
			st, err := s.Awards.Story(t.Context(), access.Actor{}, r.ID)
			if err != nil {
				t.Fatal(err)
			}
			return st
		}
	}
	t.Fatal("the sample has no laureates")
	return awards.Story{}
}

// What the sample region honoured is told whole: shares, reasons, marks, profiles.
func TestLaureatesAreTold(t *testing.T) {
	s := birgetest.StartSample(t)
	st := decided(t, s)
	if len(st.Laureates) != 3 || len(st.Certificates) != 3 || len(st.Marks.Lines) != 5 {
		t.Fatalf("%d laureates, %d certificates, %d lines of marks", len(st.Laureates), len(st.Certificates), len(st.Marks.Lines))
	}
	all := 0
	for _, n := range st.Marks.Spread {
		all += n
	}
	for _, l := range st.Laureates {
		want := map[int]int64{1: 600_000_000, 2: 1_000_000_000}[l.Nomination]
		if l.Sum != want || l.Reason.IsZero() {
			t.Errorf("a laureate of nomination %d gets %d for %q", l.Nomination, l.Sum, l.Reason)
		}
		if a := s.Stranger().Get("/ru/organizations/" + l.OrgID.String()); !strings.Contains(a.Body, "Премия «Бірге»") {
			t.Error("the profile does not tell of the award")
		}
	}
	body := s.Stranger().Get("/ru" + st.Round.Ref().Path).Body
	if all < 15 || !strings.Contains(body, "Распределение баллов") || !strings.Contains(body, "/panels/"+st.Marks.Panel.ID.String()) {
		t.Errorf("%d marks are counted, or the page does not tell of them", all)
	}
}

// A certificate is checked by its code without JavaScript, is sent again and taken
// back with a reason, by the organizer's side alone.
func TestCertificates(t *testing.T) {
	s := birgetest.StartSample(t)
	st := decided(t, s)
	c := st.Certificates[0]
	check := func(code string) string {
		return s.Stranger().Post("/ru/certificates/check", url.Values{"code": {code}}).Body
	}
	if body := check(c.Code); !strings.Contains(body, "Свидетельство подлинное") || !strings.Contains(body, c.Number) {
		t.Error("a genuine code is not taken")
	}
	if body := check("x" + c.Code); !strings.Contains(body, "Подпись не сходится") {
		t.Error("a changed code is taken")
	}
	path := c.Ref().Path
	file := s.Stranger().Get("/ru" + path)
	if number, err := awards.ReadSeal([]byte(file.Body), s.Keys.Verify); file.Status != 200 || err != nil || number != c.Number {
		t.Errorf("the file: %d, %s, %v", file.Status, number, err)
	}
	inPDF(t, file.Body, "КУӘЛІК", "СВИДЕТЕЛЬСТВО", c.Number, "Үздік ауыл ҮЕҰ-ы", "Лучшее сельское НПО")
	why := url.Values{"do": {"revoke"}, "why.ru": {"Отчет оказался ложным"}}
	for who, want := range map[string]int{"": 401, birgetest.Citizen: 403, birgetest.OtherLead: 403, birgetest.AwayOfficer: 403, birgetest.Lead: 403} {
		if a := s.Reader(who).Post("/ru"+path+"/edit", why); a.Status != want {
			t.Errorf("%q takes a certificate back: %d", who, a.Status)
		}
	}
	officer := s.Reader(birgetest.Officer)
	if a := officer.Post("/ru"+path+"/edit", url.Values{"do": {"revoke"}}); a.Status != 422 {
		t.Errorf("taken back without a reason: %d", a.Status)
	}
	if a := officer.Post("/ru"+path+"/edit", url.Values{"do": {"send"}, "why.ru": {"Письмо не дошло"}}); a.Status != 303 {
		t.Errorf("sent again: %d", a.Status)
	}
	if a := officer.Post("/ru"+path+"/edit", why); a.Status != 303 {
		t.Errorf("taken back: %d", a.Status)
	}
	if a := officer.Post("/ru"+path+"/edit", why); a.Status != 409 {
		t.Errorf("taken back twice: %d", a.Status)
	}
	if body := check(c.Code); !strings.Contains(body, "Отчет оказался ложным") {
		t.Error("the check does not tell that it was taken back")
	}
	s.Await(func() bool {
		return strings.Contains(s.Stranger().Get("/ru/certificates/check").Body, `data-revoked="`+c.Number+`"`)
	})
	if page := s.Stranger().Get("/ru" + st.Round.Ref().Path).Body; !strings.Contains(page, "Отчет оказался ложным") {
		t.Error("the page of the award does not tell that it was taken back")
	}
}

// inPDF looks for words in a document, where pdftotext is at hand.
func inPDF(t *testing.T, file string, words ...string) {
	t.Helper()
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		return
	}
	cmd := exec.CommandContext(t.Context(), program, "-", "-")
	cmd.Stdin = strings.NewReader(file)
	text, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range words {
		if !bytes.Contains(text, []byte(w)) {
			t.Errorf("the certificate does not say %q", w)
		}
	}
}

// People put nominees forward through pages: a private person with consent, each
// organization once, and nobody but the organizer's side sees them.
func TestNominating(t *testing.T) {
	s := birgetest.StartSample(t)
	open := opened(t, s)
	path := "/ru" + open.Ref().Path
	citizen := s.Reader(birgetest.Citizen)
	form := url.Values{"nomination": {"1"}, "person_name": {"Құпия-есім Сынақ"}, "why.ru": {"Помогаю соседям"}}
	if a := citizen.Post(path+"/nominate", form); a.Status != 422 || !strings.Contains(a.Body, "со своего согласия") || !strings.Contains(a.Body, "Помогаю соседям") {
		t.Errorf("without consent: %d", a.Status)
	}
	form.Set("consent", "yes")
	if a := citizen.Post(path+"/nominate", form); a.Status != 303 {
		t.Errorf("with consent: %d %s", a.Status, a.Body)
	}
	if a := citizen.Post(path+"/nominate", form); a.Status != 409 {
		t.Errorf("twice: %d", a.Status)
	}
	for who, sees := range map[string]bool{"": false, birgetest.Citizen: true, birgetest.Lead: false, birgetest.AwayOfficer: false, birgetest.Officer: true} {
		for _, page := range []string{path, path + "/candidates", "/api/v1/awards/" + open.ID.String()} {
			told := strings.Contains(s.Reader(who).Get(page).Body, "Құпия-есім")
			if told && (!sees || !strings.HasSuffix(page, "candidates")) || !told && sees && strings.HasSuffix(page, "candidates") {
				t.Errorf("%s tells %q the name: %v", page, who, told)
			}
		}
	}
	if err := s.Awards.Judge(t.Context(), access.Actor{UserID: 5}, firstOf(t, s, open.ID), true, i18n.Text{}); !problem.Is(err, problem.NotFound) {
		t.Errorf("a stranger admits: %v", err)
	}
}

func firstOf(t *testing.T, s *birgetest.Sample, round ref.ID) ref.ID {
	t.Helper()
	c, err := s.Awards.Candidates(t.Context(), access.Portal("test"), round)
	if err != nil {
		t.Fatal(err)
	}
	return c.List[0].ID
}
