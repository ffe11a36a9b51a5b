package projectsweb_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

var versionField = regexp.MustCompile(`name="version" value="(\d+)"`)

// stale sends a form that was overtaken: the answer must keep the typed parts,
// say why and beside it what is now; what it gives back is taken.
func (s *site) stale(token, path string, form url.Values, parts ...string) {
	s.t.Helper()
	body := html.UnescapeString(s.want(http.StatusConflict, s.do(token, "POST", path, form)).Body.String())
	for _, part := range append(parts, "Пока вы заполняли форму, запись изменилась") {
		if !strings.Contains(body, part) {
			s.t.Errorf("%s: the stale form does not say %q", path, part)
		}
	}
	found := versionField.FindStringSubmatch(body)
	if found == nil || found[1] == form.Get("version") {
		s.t.Fatalf("%s: the form does not take over the present version: %v", path, found)
	}
	form.Set("version", found[1])
	s.want(http.StatusSeeOther, s.do(token, "POST", path, form))
}

func TestAStaleFormLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		plan := func(title, version string) url.Values {
			form := s.planForm()
			form.Set("title.ru", title)
			form.Set("version", version)
			return form
		}
		path := "/ru" + s.created()
		s.want(http.StatusSeeOther, s.do(s.lead, "POST", path+"/plan", plan("Первое имя", "1")))
		s.stale(s.lead, path+"/plan", plan("Второе имя", "1"), `value="Второе имя"`, "Сейчас: Первое имя")

		s.stale(s.officer, path+"/agree", url.Values{"version": {"1"}, "agreement_no": {"№ 77"}, "agreed_on": {"2026-01-10"}, "rhythm": {"quarterly"}, "report_days": {"10"}},
			`value="№ 77"`, `value="quarterly" selected`)

		s.paidTwice(path)

		s.clock.Set(time.Date(2026, 4, 2, 4, 0, 0, 0, time.UTC))
		report := func(summary, version string) url.Values {
			return url.Values{"summary.ru": {summary}, "beneficiaries": {"40"}, "spendings.0.sum": {"300"}, "actuals.0.value": {"4,5"},
				"actuals.0.evidence.ru": {"Списки"}, "actuals.1.value": {"3/4"}, "actuals.1.evidence.ru": {"Анкеты"}, "version": {version}}
		}
		draft, _, _ := strings.Cut(s.want(http.StatusSeeOther, s.do(s.lead, "POST", path+"/report/1", report("Начали", ""))).Header().Get("Location"), "?")
		s.want(http.StatusSeeOther, s.do(s.lead, "POST", path+"/report/1", report("Сделали", "1")))
		s.stale(s.lead, path+"/report/1", report("Провели", "1"), "Провели", "Сейчас: Сделали")
		s.want(http.StatusSeeOther, s.do(s.lead, "POST", draft, url.Values{"do": {"submit"}}))
		s.stale(s.officer, draft, url.Values{"do": {"return"}, "version": {"1"}, "reason.ru": {"Приложите анкеты"}}, "Приложите анкеты")

		s.stale(s.officer, path+"/end", url.Values{"do": {"terminate"}, "version": {"1"}, "reason.ru": {"Не отчитались"}}, "Не отчитались")
	})
}

func TestAStaleProgrammeLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		form := url.Values{"funder": {s.funder.String()}, "title.ru": {"Зелёное село"}, "place": {"990000000"}, "from": {"2026"}, "to": {"2027"}}
		path, _, _ := strings.Cut(s.want(http.StatusSeeOther, s.do(s.officer, "POST", "/ru/programmes/new", form)).Header().Get("Location"), "?")
		form.Set("version", "1")
		s.want(http.StatusSeeOther, s.do(s.officer, "POST", path+"/edit", form))
		form.Set("title.ru", "Чистое село")
		s.stale(s.officer, path+"/edit", form, `value="Чистое село"`, "Сейчас: Зелёное село")
	})
}

// paidTwice has two officers note the same payment: the second one gets the form
// back with what was typed, and beside it what was noted.
func (s *site) paidTwice(project string) {
	s.t.Helper()
	page := s.want(http.StatusOK, s.do(s.officer, "GET", project, nil)).Body.String()
	pay := regexp.MustCompile(`/ru/projects/[^"]*/tranches/[^"]+`).FindString(page)
	bad := html.UnescapeString(s.want(http.StatusUnprocessableEntity, s.do(s.officer, "POST", pay, url.Values{"sum": {"ничего"}, "on": {"2026-03-01"}})).Body.String())
	if !strings.Contains(bad, `value="ничего"`) || !strings.Contains(bad, `value="2026-03-01"`) {
		s.t.Errorf("a wrong sum loses what was typed: %s", bad)
	}
	form := url.Values{"sum": {"50"}, "on": {"2026-03-01"}}
	s.want(http.StatusSeeOther, s.do(s.officer, "POST", pay, form))
	form.Set("sum", "60")
	body := html.UnescapeString(s.want(http.StatusConflict, s.do(s.officer, "POST", pay, form)).Body.String())
	for _, part := range []string{`value="60"`, `value="2026-03-01"`, "Сейчас: 50"} {
		if !strings.Contains(body, part) {
			s.t.Errorf("a second payment does not say %q", part)
		}
	}
}
