package fundingweb

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"birge/internal/funding"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"
)

// touchThread names what the part of a page shows that tells where its story came
// from and where it went.
func touchThread(r *http.Request, t funding.Thread) {
	web.Touch(r, projects.KindProject)
	for _, x := range t.Topics {
		web.Touch(r, x.Ref().Key())
	}
	for _, name := range t.Orgs {
		web.Touch(r, name.Key())
	}
}

// topicHits are topics as rows of a list, each with its approved sum.
func (h *Pages) topicHits(p ui.Page, list []funding.Topic) (out []ui.Found) {
	for _, t := range list {
		out = append(out, ui.Found{Title: t.Title, Path: t.Ref().Path, Sum: p.Money(t.ApprovedSum, ""),
			Line: t.Number + " · " + p.Text(h.placeOf(t.PlaceID).Name) + " · " + p.T("funding.topic.people") + ": " + p.Int(t.People)})
	}
	return out
}

// projectHits are the projects that came of calls as rows of a list.
func (h *Pages) projectHits(p ui.Page, t funding.Thread) (out []ui.Found) {
	today := h.Funding.Today()
	for _, x := range t.Projects {
		s := x.StatusOn(today)
		out = append(out, ui.Found{Title: x.Title, Path: x.Ref().Path, Status: p.T(s.Is.Key()), Tone: s.Is.Tone(), Sum: p.Money(x.Sum, x.Currency),
			Line: p.Text(t.Orgs[x.OrgID].Title) + " · " + p.Text(h.placeOf(x.PlaceID).Name)})
	}
	return out
}

// callHits are the calls that answer a topic as rows of a list.
func (v topicView) callHits() (out []ui.Found) {
	for _, c := range v.Thread.Calls {
		out = append(out, ui.Found{Title: c.Title, Path: c.Ref().Path, Status: v.T(c.Phase.Key()), Tone: c.Phase.Tone(), Sum: v.Money(c.Total(), ""), Line: v.answered(c)})
	}
	return out
}

// answered is a call by its number, with how many applications answer the topic.
func (v topicView) answered(c funding.CallCard) string {
	if n := v.Thread.Applied[c.ID]; n > 0 {
		return c.Number + " · " + v.N("funding.topic.applied_n", int64(n))
	}
	return c.Number
}

// came are the last steps of the way of a topic: the calls, the applications and the
// projects.
func (v topicView) came() []ui.Step {
	calls, begun := ui.Step{Title: v.T("funding.thread.call")}, ui.Step{Title: v.T("funding.thread.projects")}
	applied, answers := ui.Step{Title: v.T("funding.thread.applications")}, 0
	for _, n := range v.Thread.Applied {
		answers += n
	}
	if n := len(v.Thread.Calls); n > 0 {
		calls.Path, calls.State, calls.Note = "#calls", ui.Done, v.T(v.Thread.Calls[n-1].Phase.Key())
	}
	if answers > 0 {
		applied.Path, applied.State, applied.Note = "#calls", ui.Done, strconv.Itoa(answers)
	}
	if v.Thread.Begun > 0 {
		begun.Path, begun.State, begun.Note = "#projects", ui.Done, strconv.Itoa(v.Thread.Begun)
	}
	if answers == 0 && v.Thread.Begun > 0 { // those that began named no topic
		return []ui.Step{calls, begun}
	}
	return []ui.Step{calls, applied, begun}
}

// topicsField offers the approved topics of the one who pays.
func (f callForm) topicsField() ui.Field {
	var choices []ui.Choice
	for _, t := range f.topics {
		choices = append(choices, ui.Choice{Value: t.ID.String(),
			Label: t.Number + " · " + f.Text(t.Title) + " · " + f.Money(t.ApprovedSum, "")})
	}
	x := f.Choose("topics", "funding.call.topics", choices)
	x.Hint = f.T("funding.call.topics_hint")
	return x
}

// formField offers the newest version of each form of the one who pays; a form that
// the call has by an older version stays on offer with it.
func (f callForm) formField() ui.Field {
	choices := []ui.Choice{{Label: "—"}}
	offer := func(c funding.FormCard, no int) {
		choices = append(choices, ui.Choice{Value: formValue(c.ID, no), Label: f.T("funding.call.form_version", "title", f.Text(c.Title), "no", no)})
	}
	for _, c := range f.forms {
		has := c.ID == f.asks.FormID
		if has && f.asks.FormVersion != c.Newest {
			offer(c, f.asks.FormVersion)
		}
		if has || c.Newest > 0 && c.OwnerID == f.funder {
			offer(c, c.Newest)
		}
	}
	x := f.Choose("form", "funding.call.form", choices)
	x.Hint = f.T("funding.call.form_hint")
	return x
}

func formValue(id ref.ID, no int) string {
	if id == 0 {
		return ""
	}
	return id.String() + "." + strconv.Itoa(no)
}

// readFormVersion reads a version of a form as formValue writes it.
func readFormVersion(f *web.Form) (id ref.ID, no int) {
	typed := f.Line("form")
	if typed == "" {
		return 0, 0
	}
	code, version, _ := strings.Cut(typed, ".")
	id, ok := ref.ParseID(code)
	no, err := strconv.Atoi(version)
	f.Reject(!ok || err != nil, "form", "form.unknown_choice")
	return id, no
}

// funderOf is the organization that a form names as the one who pays, 0 while none
// is clear.
func (h *Pages) funderOf(r *http.Request, values url.Values) ref.ID {
	f := web.ReadForm(r)
	f.Values = values
	return h.Orgs.Read(f, h.Search, "funder").ID
}

// topicIDs are the ids of topics as a form sends them.
func topicIDs(list []ref.ID) (out []string) {
	for _, id := range list {
		out = append(out, id.String())
	}
	return out
}
