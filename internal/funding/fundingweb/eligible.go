package fundingweb

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"birge/internal/funding"
	"birge/internal/platform/access"
	"birge/internal/platform/ref"
	"birge/internal/platform/rules"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// eligibleView tells whether organizations may apply.
type eligibleView struct {
	callView
	fits []funding.Fit
	form ui.FormPage
	mine []ref.ID // for which the reader acts
}

// eligible tells for the reader's own organizations, and for any of the register by
// its BIN or name, which requirements of the call they meet.
func (h *Pages) eligible(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readCall(r)
	if err != nil {
		return err
	}
	by := web.Actor(r)
	x := eligibleView{callView: v, mine: append(by.Scopes(access.Lead), by.Scopes(access.Staff)...)}
	f := web.ReadForm(r)
	ids := slices.Clone(x.mine)
	if f.Has("org") {
		if id := h.Orgs.Read(f, h.Search, "org").ID; id != 0 {
			ids = []ref.ID{id}
		}
	}
	x.Crumbs = append(x.Crumbs, ui.Crumb{Title: v.Title, Path: v.Call.Ref().Path})
	x.Title, x.NoIndex = v.T("funding.call.can_apply"), true
	x.form = ui.FormPage{Page: x.Page, Values: url.Values{"org": {f.Line("org")}}}
	if bad, refused := web.Refused(f.Err()); f.Err() != nil && refused {
		x.form.Faults, ids = bad.Fields, nil
	}
	if x.fits, err = h.Funding.Fits(r.Context(), v.Call, slices.Compact(ids)); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, eligiblePage(x))
}

// outcome is what the requirements come to for an organization.
func (x eligibleView) outcome(f funding.Fit) (tone, text string) {
	switch {
	case funding.Failing(f.Verdicts):
		return ui.Late, x.T("funding.fit.no")
	case slices.ContainsFunc(f.Verdicts, func(v funding.Verdict) bool { return v.Answer == rules.Unknown }):
		return ui.Wait, x.T("funding.fit.unknown")
	}
	return ui.Good, x.T("funding.fit.yes")
}

func (x eligibleView) sheet(f funding.Fit) ui.Sheet {
	s := ui.Sheet{Caption: x.T("funding.requirements"), Empty: x.T("funding.no_requirements"), Columns: []ui.Column{{Label: x.T("funding.requirement")}, {Label: x.T("funding.answer")},
		{Label: x.T("funding.have")}, {Label: x.T("funding.to_do")}}}
	for _, v := range f.Verdicts {
		row := ui.Cells(x.Text(v.Text), "", x.have(v), "")
		row[1].Show = ui.Status(x.answer(v))
		row[3].Show = advice(x, x.toDo(f, v))
		s.Rows = append(s.Rows, row)
	}
	return s
}

func (x eligibleView) answer(v funding.Verdict) (tone, text string) {
	switch {
	case v.ByPeople():
		return ui.Quiet, x.T("funding.answer.people")
	case v.Answer == rules.Yes:
		return ui.Good, x.T("funding.answer.yes")
	case v.Answer == rules.No:
		return ui.Late, x.T("funding.answer.no")
	case v.OfProposal():
		return ui.Quiet, x.T("funding.answer.proposal")
	}
	return ui.Wait, x.T("funding.answer.unknown")
}

// have are the values that were looked at: of a requirement that is not met those of
// the conditions that fail.
func (x eligibleView) have(v funding.Verdict) string {
	var said []string
	for _, p := range v.Parts {
		if v.Answer != rules.Yes && p.Answer == rules.Yes {
			continue
		}
		for _, h := range p.Have {
			if s := h.Say(x.Printer); !slices.Contains(said, s) {
				said = append(said, s)
			}
		}
	}
	return strings.Join(said, "; ")
}

// toDo is what helps with a requirement that is not met, or of which too little is
// known.
func (x eligibleView) toDo(f funding.Fit, v funding.Verdict) (list []ui.Link) {
	if v.Answer == rules.Yes || v.ByPeople() {
		return nil
	}
	org := f.Org.Ref().Path
	for _, p := range v.Parts {
		if p.Answer == rules.Yes {
			continue
		}
		for _, h := range p.Have {
			switch {
			case h.Name == "org.return_filed":
				list = append(list, ui.Link{Title: x.T("funding.todo.return"), Path: org})
			case h.Name == "org.overdue":
				list = append(list, ui.Link{Title: x.T("funding.todo.overdue"), Path: "/obligations?body=" + f.Org.ID.String()})
			case h.Name == "org.live_agreements":
				list = append(list, ui.Link{Title: x.T("funding.todo.live"), Path: "/projects?org=" + f.Org.ID.String()})
			case strings.HasPrefix(h.Name, "org.") && h.Value == nil:
				list = append(list, ui.Link{Title: x.T("funding.todo.tell"), Path: org})
			case strings.HasPrefix(h.Name, "org.") && h.Name != "org.first_time":
				list = append(list, ui.Link{Title: x.T("funding.todo.correct"), Path: org})
			}
		}
	}
	return list
}
