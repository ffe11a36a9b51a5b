package projectsweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func (s *site) programmeForm() url.Values {
	return url.Values{"title.ru": {"Развитие сёл"}, "about.ru": {"Платит за благоустройство"}, "funder": {s.funder.String()}, "runner": {s.org.String()}, "place": {"990000000"},
		"from": {"2025"}, "to": {"2027"}, "years.0.year": {"2026"}, "years.0.sum": {"5 000"}}
}

func TestAProgramme(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		form := s.programmeForm()
		s.want(http.StatusForbidden, s.do("other", "POST", "/ru/programmes/new", form))
		s.want(http.StatusForbidden, s.do(s.lead, "POST", "/ru/programmes/new", form))
		wrong := s.programmeForm()
		wrong.Set("years.0.year", "2030")
		if body := s.want(http.StatusUnprocessableEntity, s.do(s.officer, "POST", "/ru/programmes/new", wrong)).Body.String(); !strings.Contains(body, "Развитие сёл") {
			t.Error("a refused form forgets what was typed")
		}
		path := strings.TrimPrefix(strings.Split(s.want(http.StatusSeeOther, s.do(s.officer, "POST", "/ru/programmes/new", form)).Header().Get("Location"), "?")[0], "/ru")
		plan := s.planForm()
		plan.Set("programme", path[strings.LastIndex(path, "/")+1:])
		project := strings.Split(s.want(http.StatusSeeOther, s.do(s.lead, "POST", "/ru/projects/new", plan)).Header().Get("Location"), "?")[0]
		for _, l := range []string{"/kk", "/ru", "/en"} {
			s.want(http.StatusOK, s.do("", "GET", l+"/programmes", nil))
			s.want(http.StatusOK, s.do("", "GET", l+path, nil))
			s.want(http.StatusOK, s.do("", "GET", l+path+"/why", nil))
			s.want(http.StatusOK, s.do(s.officer, "GET", l+path+"/edit", nil))
			s.want(http.StatusOK, s.do(s.officer, "GET", l+"/programmes/new", nil))
		}
		if body := s.do("", "GET", "/ru"+path, nil).Body.String(); !strings.Contains(body, "5\u00a0000\u00a0₸") || strings.Contains(body, "1\u00a0000,50\u00a0₸</td>") {
			t.Error("a plan without an agreement is counted, or the money set aside is not told")
		}
		s.want(http.StatusSeeOther, s.do(s.officer, "POST", project+"/agree", url.Values{"version": {"1"}, "agreement_no": {"7"}, "agreed_on": {"2026-01-10"}, "rhythm": {"quarterly"}, "report_days": {"10"}}))
		s.indexed()
		id := plan.Get("programme")
		if list := s.do("", "GET", "/ru/projects?programme="+id, nil).Body.String(); !strings.Contains(list, project) || !strings.Contains(list, "Развитие сёл") {
			t.Error("the list does not narrow to a programme by its name")
		}
		if list := s.do("", "GET", "/ru/projects?programme="+s.org.String(), nil).Body.String(); strings.Contains(list, project) {
			t.Error("the list shows a project of another programme")
		}
		body := s.do("", "GET", "/ru"+path, nil).Body.String()
		for _, part := range []string{"Школа юных экологов", "1\u00a0000,50\u00a0₸", "Платит за благоустройство", "Жасыл дала"} {
			if !strings.Contains(body, part) {
				t.Errorf("the programme does not say %q", part)
			}
		}
		if body := s.do("", "GET", project, nil).Body.String(); !strings.Contains(body, path) {
			t.Error("the project does not lead to its programme")
		}
		s.want(http.StatusForbidden, s.do(s.lead, "GET", "/ru"+path+"/edit", nil))
		s.want(http.StatusForbidden, s.do("other", "POST", "/ru"+path+"/edit", form))
		form.Set("version", "9")
		s.want(http.StatusConflict, s.do(s.officer, "POST", "/ru"+path+"/edit", form))
		form.Set("version", "1")
		form.Set("title.ru", "Развитие сёл и аулов")
		s.want(http.StatusSeeOther, s.do(s.officer, "POST", "/ru"+path+"/edit", form))
		if body := s.do("", "GET", "/ru/programmes", nil).Body.String(); !strings.Contains(body, "Развитие сёл и аулов") {
			t.Error("the list does not know the new name")
		}
		s.want(http.StatusNotFound, s.do("", "GET", "/ru/programmes/0000000000000", nil))
	})
}

// Rows are added and taken out by buttons: nothing that was typed is lost.
func TestRowsOfAPlanWithoutAScript(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		form := s.planForm()
		form.Set("tranches.0.condition.ru", "после отчёта")
		form.Set("one_more", "tranches")
		form.Set("tranches.rows", "1")
		body := s.want(http.StatusOK, s.do(s.lead, "POST", "/ru/projects/new", form)).Body.String()
		for _, part := range []string{`name="tranches.1.sum"`, "после отчёта", "Школа юных экологов", `name="indicators.1.target"`} {
			if !strings.Contains(body, part) {
				t.Errorf("with one more row the form has no %q", part)
			}
		}
		form.Del("one_more")
		form.Set("tranches.1.sum", "200")
		form.Set("take_out", "tranches.0.")
		body = s.want(http.StatusOK, s.do(s.lead, "POST", "/ru/projects/new", form)).Body.String()
		if strings.Contains(body, "после отчёта") || !strings.Contains(body, `value="200"`) || strings.Contains(body, `name="tranches.1.sum"`) {
			t.Error("the wrong row was taken out")
		}
		form.Del("take_out")
		form.Set("partners.3.org", "Школа № 4")
		form.Set("partners.3.role.ru", "даёт зал")
		form.Set("groups.0.code", "youth")
		form.Set("groups.0.people", "40")
		form.Set("places.1.place", "990000000")
		form.Set("years.5.sum", "1")
		if body := s.want(http.StatusUnprocessableEntity, s.do(s.lead, "POST", "/ru/projects/new", form)).Body.String(); !strings.Contains(body, `id="f-years-1-year-fault"`) {
			t.Error("a year without its number is dropped in silence")
		}
		form.Del("years.1.sum")
		form.Del("years.5.sum")
		path := strings.Split(s.want(http.StatusSeeOther, s.do(s.lead, "POST", "/ru/projects/new", form)).Header().Get("Location"), "?")[0]
		body = s.do("", "GET", path, nil).Body.String()
		for _, part := range []string{"Школа № 4", "даёт зал", "– 40", "Учебная область"} {
			if !strings.Contains(body, part) {
				t.Errorf("the page does not say %q", part)
			}
		}
		body = s.want(http.StatusOK, s.do(s.lead, "GET", path+"/plan", nil)).Body.String()
		for _, part := range []string{`value="Школа № 4"`, `value="40"`, `value="990000000"`} {
			if !strings.Contains(body, part) {
				t.Errorf("the form of the plan has no %s", part)
			}
		}
	})
}

func TestTheMapOfAList(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.agreed()
		s.want(http.StatusOK, s.do("", "GET", "/ru/projects/map", nil))
		s.indexed()
		for _, c := range []struct{ query, has string }{
			{"?place=990000000", ">1<"}, {"?place=990000000&sphere=environment", "Көктерек"}, {"?place=990000000&sphere=health", "нет проектов"}, {"?place=nowhere", ">0 проектов"},
		} {
			for _, l := range []string{"/kk", "/ru", "/en"} {
				body := s.want(http.StatusOK, s.do("", "GET", l+"/projects/map"+c.query, nil)).Body.String()
				if l == "/ru" && !strings.Contains(strings.ReplaceAll(body, "\u00a0", " "), c.has) {
					t.Errorf("%s: the map does not say %q", c.query, c.has)
				}
			}
		}
	})
}

// Both versions of an amended plan can be read, and what differs.
func TestAnAmendmentTellsBothVersions(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		path := s.agreed()
		form := s.planForm()
		form.Set("version", "2")
		form.Set("title.ru", "Школа экологов")
		form.Set("partners.0.org", "Колледж № 2")
		form.Set("reason.ru", "Добавился партнёр")
		s.want(http.StatusForbidden, s.do("other", "POST", "/ru"+path+"/plan", form))
		s.want(http.StatusSeeOther, s.do(s.lead, "POST", "/ru"+path+"/plan", form))
		body := s.want(http.StatusOK, s.do("", "GET", "/ru"+path+"/amendments", nil)).Body.String()
		for _, part := range []string{"Добавился партнёр", "Школа юных экологов", "Школа экологов", "Колледж № 2", "План до изменения полностью", "План после изменения полностью"} {
			if !strings.Contains(body, part) {
				t.Errorf("the amendment does not say %q", part)
			}
		}
	})
}
