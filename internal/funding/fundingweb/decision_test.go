package fundingweb_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"birge/internal/accounts"
	"birge/internal/birgetest"
	"birge/internal/funding"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

var portal = access.Portal("test")

// grants makes the call of the stage one of a business, whose lead decides.
func (s *stage) grants() {
	s.t.Helper()
	terms := s.call.Terms
	terms.Kind, terms.Length, terms.Papers, terms.PerWork = projects.Business, "", nil, 2
	c, err := s.Funding.CreateCall(s.t.Context(), portal, funding.NewCall{FunderID: s.call.FunderID, Terms: terms})
	must(s.t, err)
	s.call, err = s.Funding.PublishCall(s.t.Context(), portal, c.ID, c.Version)
	must(s.t, err)
}

// judge has experts mark all that a panel gives them.
func (s *stage) judge(panel ref.ID) {
	s.t.Helper()
	ctx := s.t.Context()
	var experts []access.Actor
	for i := range 3 {
		p, err := s.Accounts.Enrol(ctx, portal, accounts.NewPerson{Name: "expert", Email: fmt.Sprintf("expert%d@example.kz", i)})
		must(s.t, err)
		_, err = s.Accounts.GiveRole(ctx, portal, p.ID, access.Expert, ref.Ref{Kind: "place", ID: s.call.PlaceID})
		must(s.t, err)
		e := access.Actor{UserID: p.ID, Grants: []access.Grant{{Role: access.Expert, Scope: s.call.PlaceID}}}
		_, err = s.Panels.Present(ctx, e, 0, panels.Profile{Spheres: []string{"youth"}, Langs: []i18n.Lang{i18n.RU}})
		must(s.t, err)
		experts = append(experts, e)
	}
	must(s.t, s.Panels.Freeze(ctx, portal, panel))
	for i := range 2 {
		must(s.t, s.Panels.AnnounceDice(ctx, portal, panel, i18n.Text{RU: fmt.Sprint("Тираж ", i)}, "https://example.kz/lot"))
	}
	s.Clock.Advance(48 * time.Hour)
	for i := range 2 {
		must(s.t, s.Panels.DiceFell(ctx, portal, panel, i, fmt.Sprint(i, " 12 33")))
	}
	for _, e := range experts {
		tasks, err := s.Panels.Tasks(ctx, e)
		must(s.t, err)
		if len(tasks) == 0 {
			continue
		}
		must(s.t, s.Panels.DeclareIn(ctx, e, panel, nil, ""))
		for _, x := range tasks {
			sheet, err := s.Panels.Sheet(ctx, e, x.Assignment.ID, i18n.RU)
			must(s.t, err)
			if sheet.Reading.Title != "Клуб робототехники" || len(sheet.Reading.Sections) < 3 {
				s.t.Errorf("the expert reads %+v", sheet.Reading)
			}
			must(s.t, s.Panels.Submit(ctx, e, x.Assignment.ID, []panels.Score{{Code: "need", Points: 8, Comment: "Обосновано данными."}}))
		}
	}
	must(s.t, s.Panels.Reveal(ctx, portal, panel, i18n.Text{}))
}

func TestFromMarksToAnAppeal(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		s := setUp(t, w)
		s.grants()
		receipt, _, _ := strings.Cut(s.sent(s.lead, s.draft()+"/submit", url.Values{}), "?")
		application := strings.TrimSuffix(receipt, "/receipt")
		id, _ := ref.ParseID(application[strings.LastIndex(application, "/")+1:])
		_, err := w.Funding.Deal(t.Context(), portal, funding.Batch{CallID: s.call.ID, Act: funding.BatchAdmit, Entries: []funding.BatchItem{{ApplicationID: id}}})
		must(t, err)
		w.Clock.Advance(26 * 24 * time.Hour)
		head := w.SignedIn("head@example.kz", birgetest.Held{Role: access.Lead, For: ref.Ref{Kind: "organization", ID: s.call.FunderID}})
		lead := w.SignedIn("lead2@example.kz", birgetest.Held{Role: access.Lead, For: s.org})
		call := "/ru/calls/" + s.call.ID.String()
		if body := s.page(head, call+"/progress"); !strings.Contains(body, "Передать экспертам") {
			t.Errorf("the progress does not ask for experts: %s", short(body))
		}
		if body := s.page(head, "/ru/desk"); !strings.Contains(body, "Передать заявки экспертам") {
			t.Error("the desk does not ask for experts")
		}
		panel, _, _ := strings.Cut(s.sent(head, call+"/panel", url.Values{"round": {"1"}}), "?")
		panelID, _ := ref.ParseID(panel[strings.LastIndex(panel, "/")+1:])
		s.answers(head, http.StatusConflict, http.MethodPost, call+"/panel", url.Values{"round": {"1"}})
		s.answers(w.Stranger(), http.StatusNotFound, http.MethodGet, call+"/results", nil)
		s.judge(panelID)
		if body := s.page(head, call+"/ranking?round=1"); !strings.Contains(body, "Клуб робототехники") || !strings.Contains(body, "80") {
			t.Errorf("the order is %s", short(body))
		}
		if body := s.page(head, call+"/ranking?round=1&sum=1000&threshold=90"); !strings.Contains(body, "не поддержана") {
			t.Error("another threshold changes nothing")
		}
		s.page(head, call+"/ranking.csv?round=1")

		decision, _, _ := strings.Cut(s.sent(head, call+"/decisions", url.Values{"round": {"1"}, "kind": {"order"}}), "?")
		s.page(head, decision+"?application="+id.String())
		away := url.Values{"do": {"depart"}, "application": {id.String()}, "outcome": {"declined"}}
		s.answers(head, http.StatusUnprocessableEntity, http.MethodPost, decision, away)
		away.Set("reason.ru", "Такой клуб уже есть")
		s.sent(head, decision, away)
		s.sent(head, decision, url.Values{"do": {"note"}, "note.ru": {"Победителей нет"}})
		s.sent(head, decision, url.Values{"do": {"put"}})
		s.page(head, decision)
		s.answers(head, http.StatusConflict, http.MethodPost, decision, away)
		for name, r := range map[string]*birgetest.Reader{"a competitor": w.SignedIn("r2@example.kz"), "the applicant": lead} {
			for _, at := range []string{call + "/progress", call + "/ranking", call + "/ranking.csv", decision} {
				if a := r.Get(at); a.Status != http.StatusNotFound {
					t.Errorf("%s gets %d at %s", name, a.Status, at)
				}
			}
			for _, at := range []string{decision, decision + "/meeting", call + "/panel", call + "/decisions"} {
				if a := r.Post(at, url.Values{"do": {"publish"}, "round": {"1"}, "kind": {"order"}, "meeting": {id.String()}}); a.Status != http.StatusNotFound {
					t.Errorf("%s gets %d for sending to %s", name, a.Status, at)
				}
			}
		}
		s.sent(head, decision, url.Values{"do": {"publish"}})

		for _, lang := range []string{"kk", "ru", "en"} {
			body := s.page(w.Stranger(), "/"+lang+"/calls/"+s.call.ID.String()+"/results?round=1")
			if strings.Contains(body, "Жасыл дала") || strings.Contains(body, "Клуб робототехники") || !strings.Contains(body, "Такой клуб уже есть") {
				t.Errorf("the results name who was declined, or give no reason: %s", short(body))
			}
		}
		s.page(w.Stranger(), call+"/results?round=1&state=declined&top=1")
		for _, form := range []string{"csv", "json", "xlsx"} {
			if a := w.Stranger().Get(call + "/results." + form + "?round=1"); a.Status != http.StatusOK || strings.Contains(a.Body, "Жасыл дала") {
				t.Errorf("the %s gives %d", form, a.Status)
			}
		}
		if body := s.page(lead, application+"/outcome"); !strings.Contains(body, "Обосновано данными.") || !strings.Contains(body, "Такой клуб уже есть") {
			t.Errorf("the applicant is told %s", short(body))
		}
		s.answers(lead, http.StatusUnprocessableEntity, http.MethodPost, application+"/outcome", url.Values{})
		appeal, _, _ := strings.Cut(s.sent(lead, application+"/outcome", url.Values{"grounds": {"Такого клуба нет"}}), "?")
		s.page(lead, appeal)
		if body := s.page(head, appeal); !strings.Contains(body, "Такого клуба нет") {
			t.Errorf("the appeal is %s", short(body))
		}
		if a := lead.Upload(appeal+"/files", "file", "letter.pdf", strings.NewReader("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")); a.Status != http.StatusSeeOther {
			t.Errorf("attaching gives %d: %s", a.Status, short(a.Body))
		}
		other := w.SignedIn("r3@example.kz")
		s.answers(other, http.StatusNotFound, http.MethodGet, appeal, nil)
		s.answers(other, http.StatusNotFound, http.MethodPost, appeal, url.Values{"do": {"answer"}})
		s.answers(other, http.StatusNotFound, http.MethodGet, application+"/outcome", nil)
		s.answers(lead, http.StatusForbidden, http.MethodPost, appeal, url.Values{"do": {"answer"}, "answer": {"granted"}, "reasons.ru": {"Да"}})
		s.sent(head, appeal, url.Values{"do": {"answer"}, "answer": {"granted"}, "outcome": {"reserve"}, "reasons.ru": {"Клуба и правда нет"}})
		if body := s.page(w.Stranger(), call+"/results?round=1"); !strings.Contains(body, "Клуба и правда нет") || strings.Contains(body, "Такого клуба нет") {
			t.Errorf("the results do not tell of the appeal, or tell its grounds: %s", short(body))
		}
	})
}

// A commission that has a decision on its agenda reads the order on which it stands,
// and nobody else does.
func TestACommissionReadsTheOrderOfItsAgenda(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		s := setUp(t, w)
		ctx, path := t.Context(), s.draft()
		s.attach(path)
		receipt, _, _ := strings.Cut(s.sent(s.lead, path+"/submit", url.Values{}), "?")
		application, _ := ref.ParseID(strings.TrimPrefix(strings.TrimSuffix(receipt, "/receipt"), "/ru/applications/"))
		_, err := w.Funding.Deal(ctx, portal, funding.Batch{CallID: s.call.ID, Act: funding.BatchAdmit, Entries: []funding.BatchItem{{ApplicationID: application}}})
		must(t, err)
		w.Clock.Advance(26 * 24 * time.Hour)
		head := w.SignedIn("head@example.kz", birgetest.Held{Role: access.Officer, For: ref.Ref{Kind: "place", ID: s.call.PlaceID}})
		call := "/ru/calls/" + s.call.ID.String()
		panel, _, _ := strings.Cut(s.sent(head, call+"/panel", url.Values{"round": {"1"}}), "?")
		panelID, _ := ref.ParseID(panel[strings.LastIndex(panel, "/")+1:])
		s.judge(panelID)
		decision, _, _ := strings.Cut(s.sent(head, call+"/decisions", url.Values{"round": {"1"}, "kind": {"order"}}), "?")
		s.sent(head, decision, url.Values{"do": {"put"}})

		member := w.SignedIn("member@example.kz")
		body, err := w.Panels.SetUp(ctx, portal, panels.NewBody{Owner: s.funder, PlaceID: s.call.PlaceID, Kind: panels.Commission, Name: i18n.Text{KK: "Комиссия", RU: "Комиссия"},
			Rules: panels.Rules{Quorum: 50, QuorumFrom: panels.FromAll, Majority: panels.OfPresent}})
		must(t, err)
		w.SignedIn("clerk@example.kz")
		for email, duty := range map[string]panels.Duty{"head@example.kz": panels.Chair, "clerk@example.kz": panels.Secretary, "member@example.kz": panels.Plain} {
			_, err := w.Panels.Seat(ctx, portal, body.ID, panels.NewMember{Email: email, Duty: duty, Votes: true, Since: w.Panels.Today()})
			must(t, err)
		}
		meeting, err := w.Panels.Plan(ctx, portal, body.ID, panels.When{StartsAt: db.At(w.Clock.Now().Add(80 * time.Hour)), Place: i18n.Text{RU: "Акимат"}})
		must(t, err)
		ranking := call + "/ranking"
		s.answers(member, http.StatusNotFound, http.MethodGet, ranking+"?round=1", nil)
		s.sent(head, decision+"/meeting", url.Values{"meeting": {meeting.ID.String()}})
		must(t, w.Panels.Invite(ctx, portal, meeting.ID, i18n.Text{RU: "Срочно"}))
		at := "/ru" + meeting.Ref().Path
		if page := s.page(member, at); !strings.Contains(page, strings.TrimPrefix(ranking, "/ru")+"?round=1") || !strings.Contains(page, "На чем основано предложение") {
			t.Errorf("the agenda does not lead the member to the order: %s", short(page))
		}
		if page := s.page(w.Stranger(), at); strings.Contains(page, "/ranking") {
			t.Error("strangers are led to the order")
		}
		if page := s.page(member, ranking+"?round=1"); !strings.Contains(page, "Клуб робототехники") || strings.Contains(page, "/progress") {
			t.Errorf("the member reads %s", short(page))
		}
		if csv := s.page(member, ranking+".csv?round=1"); !strings.Contains(csv, "2026-000001,1,80") {
			t.Errorf("the table of the member says %s", csv)
		}
		rival := w.SignedIn("rival2@example.kz")
		for _, at := range []string{ranking + "?round=1", ranking + ".csv?round=1"} {
			s.answers(rival, http.StatusNotFound, http.MethodGet, at, nil)
		}
		s.answers(member, http.StatusNotFound, http.MethodPost, decision, url.Values{"do": {"publish"}})
	})
}

func TestTheFormThatCutsARound(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		s := setUp(t, w)
		call := "/ru/calls/" + s.call.ID.String()
		progress := call + "/progress"
		if page := s.page(s.officer, progress); strings.Contains(page, call+"/cut") {
			t.Error("an open round can be cut")
		}
		version := fmt.Sprint(s.call.Version)
		words := url.Values{"version": {version}, "round": {"1"}, "sum": {"30 000 000"}, "reason.kk": {"Бюджет қысқарды"}, "reason.ru": {"Бюджет сокращен"}}
		s.answers(s.officer, http.StatusConflict, http.MethodPost, call+"/cut", words)
		w.Clock.Advance(26 * 24 * time.Hour)
		s.officer = w.SignedIn("office@example.kz", birgetest.Held{Role: access.Officer, For: ref.Ref{Kind: "place", ID: s.call.PlaceID}})
		lead, other := w.SignedIn("lead2@example.kz", birgetest.Held{Role: access.Lead, For: s.org}), w.SignedIn("other2@example.kz")
		for _, lang := range []string{"kk", "ru", "en"} {
			if page := s.page(s.officer, "/"+lang+"/calls/"+s.call.ID.String()+"/progress"); !strings.Contains(page, "/cut") {
				t.Errorf("the progress in %s does not offer the cut", lang)
			}
		}
		for _, r := range []*birgetest.Reader{lead, other} {
			s.answers(r, http.StatusNotFound, http.MethodPost, call+"/cut", words)
		}
		more := url.Values{"version": {version}, "round": {"1"}, "sum": {"50 000 000"}}
		if page := s.answers(s.officer, http.StatusUnprocessableEntity, http.MethodPost, call+"/cut", more).Body; !strings.Contains(page, "50 000 000") || !strings.Contains(page, "Заполните это поле") {
			t.Errorf("what was typed is lost, or nothing is said of the reason: %s", short(page))
		}
		s.sent(s.officer, call+"/cut", words)
		if page := s.page(s.officer, progress); !strings.Contains(page, "30\u00a0млн") {
			t.Errorf("the progress shows the old money: %s", short(page))
		}
		if page := s.page(w.Stranger(), call+"/revisions"); !strings.Contains(page, "Бюджет сокращен") || !strings.Contains(page, "30\u00a0000\u00a0000") {
			t.Error("the change is not public with its reason")
		}
		s.answers(s.officer, http.StatusConflict, http.MethodPost, call+"/cut", words) // of an old version
	})
}
