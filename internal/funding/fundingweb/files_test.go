package fundingweb_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"birge/internal/birgetest"
	"birge/internal/funding"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/projects"
)

const withFiles = "# about\nru: О проекте\n\ngoal: paragraph, required\nru: Цель\n\ncharter: file, required, documents, to 2\nru: Устав организации\n\nplan: file, pictures\nru: План помещения\n"

// asksForFiles puts a call of a foundation with questions for files in the place of
// the call of the stage.
func (s *stage) asksForFiles() {
	s.t.Helper()
	ctx, portal := s.t.Context(), access.Portal("test")
	form, err := s.Funding.CreateForm(ctx, portal, funding.NewForm{OwnerID: s.call.FunderID, Title: s.call.Title, Text: withFiles})
	must(s.t, err)
	_, err = s.Funding.PublishForm(ctx, portal, form.ID, form.Version, i18n.Text{})
	must(s.t, err)
	terms := s.call.Terms
	terms.Kind, terms.Length, terms.FormID, terms.FormVersion, terms.Papers = projects.Foundation, "", form.ID, 1, nil
	now := s.Clock.Now()
	terms.Rounds = []funding.Round{{No: 1, Opens: db.At(now), Closes: db.At(now.Add(25 * 24 * time.Hour)), Sum: 40_000_000_00, Year: 2026}}
	c, err := s.Funding.CreateCall(ctx, portal, funding.NewCall{FunderID: s.call.FunderID, Terms: terms})
	must(s.t, err)
	s.call, err = s.Funding.PublishCall(ctx, portal, c.ID, c.Version)
	must(s.t, err)
}

const pdf = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

// Files are given where they are asked for, together with the answers beside them,
// by a page without a script.
func TestFilesAreGivenWhereTheyAreAsked(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		s := setUp(t, w)
		s.asksForFiles()
		path := s.draft()
		step := path + "/form"
		body := s.page(s.lead, step)
		for _, want := range []string{`enctype="multipart/form-data"`, `name="a.charter" type="file"`, `name="a.plan" type="file"`, "Устав организации"} {
			if !strings.Contains(body, want) {
				t.Errorf("the step lacks %q", want)
			}
		}
		send := func(field, name, content string, form url.Values) birgetest.Answer {
			t.Helper()
			return s.lead.Upload(step+"?"+form.Encode(), field, name, strings.NewReader(content))
		}
		is := func(a birgetest.Answer, want int) string {
			t.Helper()
			if a.Status != want {
				t.Fatalf("it gives %d, want %d: %s", a.Status, want, short(a.Body))
			}
			return a.Body
		}
		is(send("a.charter", "charter.pdf", pdf, url.Values{"a.goal": {"Открыть клуб"}, "was": {""}}), http.StatusSeeOther)
		body = s.page(s.lead, step)
		file := regexp.MustCompile(`name="shown" value="(\w+)"`).FindStringSubmatch(body)
		if file == nil || !strings.Contains(body, "charter.pdf") || !strings.Contains(body, "Открыть клуб") {
			t.Fatalf("the step does not show what was given: %s", short(body))
		}
		s.page(s.lead, path+"/papers/"+file[1])
		goal := "a.goal=" + funding.Mark([]string{"Открыть клуб"})
		kept := url.Values{"was": {goal}, "a.goal": {"Открыть два клуба"}, "shown": {file[1]}, "a.charter.kept": {file[1]}}
		// What is refused is told beside its question, and the answers are stored.
		body = is(send("a.plan", "plan.pdf", pdf, kept), http.StatusUnprocessableEntity)
		if !strings.Contains(body, `href="#f-a-plan"`) || !strings.Contains(body, "Открыть два клуба") || !strings.Contains(body, "charter.pdf") {
			t.Errorf("a document in the place of a picture is answered %s", short(body))
		}
		kept.Set("was", "a.goal="+funding.Mark([]string{"Открыть два клуба"}))
		is(send("a.charter", "second.pdf", pdf, kept), http.StatusSeeOther)
		body = is(send("a.charter", "third.pdf", pdf, kept), http.StatusUnprocessableEntity)
		if !strings.Contains(body, `href="#f-a-charter"`) || strings.Contains(body, "third.pdf") {
			t.Error("a third file of two is taken")
		}
		// A tick that is taken away takes the file off.
		kept.Del("a.charter.kept")
		is(send("a.charter", "", "", kept), http.StatusSeeOther)
		if body := s.page(s.lead, step); strings.Contains(body, "charter.pdf") || !strings.Contains(body, "second.pdf") {
			t.Error("the wrong file is taken off")
		}
		receipt := s.sent(s.lead, path+"/submit", url.Values{})
		application, _, _ := strings.Cut(receipt, "/receipt")
		if body := s.page(s.officerOf(), application); !strings.Contains(body, "second.pdf") || !strings.Contains(body, "Открыть два клуба") {
			t.Error("the funder's side does not see the files")
		}
		// A return for one question lets its files be changed, and nothing else.
		s.sent(s.officerOf(), application+"/check", url.Values{"do": {"return"}, "written": {"ru"}, "mend": {"a.charter"}, "mend.a.charter": {"Без печати"}})
		body = s.page(s.lead, step)
		if !strings.Contains(body, `name="a.charter" type="file"`) || strings.Contains(body, `name="a.plan" type="file"`) {
			t.Error("the returned draft asks for other files than those that are to be mended")
		}
		kept.Set("was", "a.goal="+funding.Mark([]string{"Открыть два клуба"}))
		kept.Del("shown")
		is(send("a.charter", "sealed.pdf", pdf, kept), http.StatusSeeOther)
		s.sent(s.lead, path+"/submit", url.Values{})
		if body := s.page(s.officerOf(), application); !strings.Contains(body, "sealed.pdf") {
			t.Error("the corrected file is not there")
		}
	})
}

func TestARequiredFileIsMissedOnItsStep(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		s := setUp(t, w)
		s.asksForFiles()
		path := s.draft()
		body := s.answers(s.lead, http.StatusUnprocessableEntity, http.MethodPost, path+"/submit", url.Values{}).Body
		if !strings.Contains(body, path+"/form?check=yes#f-a-charter") || !strings.Contains(body, "Устав организации") {
			t.Errorf("the missing file has no link to its question: %s", short(body))
		}
	})
}

// officerOf is somebody of the foundation's side.
func (s *stage) officerOf() *birgetest.Reader {
	s.t.Helper()
	if s.fund == nil {
		s.fund = s.SignedIn("fund@example.kz", birgetest.Held{Role: access.Lead, For: s.funder})
	}
	return s.fund
}
