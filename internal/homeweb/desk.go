package homeweb

import (
	"context"
	"net/http"
	"slices"

	"birge/internal/funding"
	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/platform/todo"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"
)

// soonDays is how far ahead a desk looks before it folds the rest away.
const soonDays = 60

// tasksShown is how many tasks of a kind a desk shows before it folds the rest away.
const tasksShown = 12

// desk is what one person has to do and to know.
type desk struct {
	owes    []ui.Task    // what I, or those for whom I speak, owe soon
	later   []ui.Task    // and what can wait
	waiting []ui.Task    // what waits for my decision
	owed    []ui.Task    // what is overdue to us
	orgs    []ref.Card   // for which I act
	running []ref.Card   // their projects that have not ended
	handed  []ui.Task    // the applications that they have handed in
	honours []ui.Task    // who of them, or through them, is a candidate for an award
	claims  []orgs.Claim // that I have sent
	doors   []ui.Link    // pages of my roles
	changed changed      // in what I follow
}

func (h *Home) desk(w http.ResponseWriter, r *http.Request) error {
	p := ui.PageOf(r, web.Words(r).T("ui.desk"))
	p.NoIndex = true
	d, err := h.deskOf(r.Context(), p, web.Actor(r))
	if err != nil {
		return err
	}
	if d.changed, err = h.changed(r, p); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, framed(p, deskPage(p, d)))
}

func (h *Home) deskOf(ctx context.Context, p ui.Page, by access.Actor) (d desk, err error) {
	owes, owed, err := h.Obligations.OnDesk(ctx, h.speaksFor(by))
	if err != nil {
		return d, err
	}
	if d.waiting, err = h.waiting(ctx, p, by); err != nil {
		return d, err
	}
	if d.claims, err = h.Orgs.ClaimsOf(ctx, by); err != nil {
		return d, err
	}
	if d.handed, err = h.handed(ctx, p, by); err != nil {
		return d, err
	}
	if d.honours, err = h.candidacies(ctx, p, by); err != nil {
		return d, err
	}
	if err = h.mine(ctx, by, &d); err != nil {
		return d, err
	}
	today := h.Obligations.Today()
	soon := slices.IndexFunc(owes, func(o obligations.Obligation) bool { return o.DaysLeft(today) > soonDays })
	if soon < 0 {
		soon = len(owes)
	}
	d.owes, d.later = debts(p, owes[:soon], today, false), debts(p, owes[soon:], today, false)
	d.owed = debts(p, owed, today, true)
	d.doors = doors(p, by)
	return d, nil
}

// speaksFor lists the organizations and places for which the actor acts, and the
// person themselves.
func (h *Home) speaksFor(by access.Actor) []ref.ID {
	ids := append(by.Scopes(access.Lead), by.Scopes(access.Staff)...)
	ids = append(ids, by.UserID) // what one owes oneself
	for _, scope := range by.Scopes(access.Officer) {
		if scope != 0 {
			ids = append(ids, h.Places.Tree().Below(scope)...)
		}
	}
	return ids
}

// mine fills in the organizations of the actor and their running projects.
func (h *Home) mine(ctx context.Context, by access.Actor, d *desk) error {
	ids := append(by.Scopes(access.Lead), by.Scopes(access.Staff)...)
	return h.DB.View(ctx, func(tx *db.Tx) error {
		byID, err := h.Orgs.ByIDs(ctx, tx, ids)
		if err != nil {
			return err
		}
		today := h.Projects.Today()
		for _, id := range slices.Compact(ids) {
			o, ok := byID[id]
			if !ok {
				continue
			}
			d.orgs = append(d.orgs, ref.Card{Ref: o.Ref()})
			list, err := h.Projects.OfOrg(ctx, tx, id)
			if err != nil {
				return err
			}
			for _, pr := range list {
				if !pr.StatusOn(today).Is.Ended() {
					d.running = append(d.running, projectCard(pr, today))
				}
			}
		}
		return nil
	})
}

func projectCard(pr projects.Project, today db.Date) ref.Card {
	status := pr.StatusOn(today).Is
	return ref.Card{Ref: pr.Ref(), Status: status.Key(), Tone: status.Tone()}
}

// waiting gathers from the rooms what waits for an act of the actor.
func (h *Home) waiting(ctx context.Context, p ui.Page, by access.Actor) (out []ui.Task, err error) {
	for _, of := range []func(context.Context, access.Actor) ([]todo.Task, error){h.Projects.Waiting, h.Funding.Waiting, h.Panels.Waiting,
		h.Resolutions.Waiting, h.Awards.Waiting, h.Forums.Waiting, h.Orgs.Waiting, h.Norms.Waiting} {
		list, err := of(ctx, by)
		if err != nil {
			return nil, err
		}
		for _, t := range list {
			out = append(out, h.task(p, t))
		}
	}
	slices.SortStableFunc(out, func(a, b ui.Task) int { return urgency(a) - urgency(b) })
	return out, nil
}

// task draws a task as a line of the desk.
func (h *Home) task(p ui.Page, t todo.Task) ui.Task {
	out := ui.Task{Title: p.T("desk." + t.Act), Path: t.Path, Tone: ui.Wait}
	parts := []string{p.Text(cut(t.Thing.Title))}
	if t.Note != "" {
		parts = append(parts, p.T(t.Note))
	}
	if !t.Since.IsZero() {
		parts = append(parts, p.T("desk.since", "date", t.Since))
	}
	out.Note = line(parts...)
	if !t.Due.IsZero() {
		out.Due, out.DaysLeft = t.Due, h.Obligations.Today().DaysUntil(t.Due)
	}
	switch {
	case out.DaysLeft < 0:
		out.Tone = ui.Late
	case t.Idle:
		out.Tone = ""
	}
	return out
}

// urgency puts first what is late, and last what nobody waits for.
func urgency(t ui.Task) int {
	switch t.Tone {
	case ui.Late:
		return 0
	case ui.Wait:
		return 1
	}
	return 2
}

// handed tells of the applications that organizations of the actor have handed in:
// how each stands, whose turn it is and until when.
func (h *Home) handed(ctx context.Context, p ui.Page, by access.Actor) (out []ui.Task, err error) {
	list, today, err := h.Funding.HandedIn(ctx, by)
	for _, a := range list {
		s := a.Standing
		t := ui.Task{Title: p.Text(a.Proposal.Title), Path: a.Ref().Path, Tone: a.State.Tone(), Note: p.Text(a.Call.Title) + " · № " + a.Number + " · " + p.T(a.State.Key())}
		if s.Turn != funding.TurnNobody {
			t.Note += " · " + p.T("funding.turn."+string(s.Turn))
		}
		if s.Step.Act != "" {
			t.Note += " · " + p.T("funding.step."+s.Step.Act)
		}
		if !s.Due.IsZero() {
			t.Due, t.DaysLeft = s.Due, today.DaysUntil(s.Due)
		}
		if s.Late(today) {
			t.Tone = ui.Late
		}
		out = append(out, t)
	}
	return out, err
}

// debts tells obligations as lines of a desk; theirs names who owes.
func debts(p ui.Page, list []obligations.Obligation, today db.Date, theirs bool) (out []ui.Task) {
	for _, o := range list {
		t := ui.Task{Title: o.Told(p.Printer), Note: p.Text(o.Page.Title), Path: o.Ref().Path, Due: o.Due, DaysLeft: o.DaysLeft(today)}
		if theirs {
			t.Note = p.Text(o.Owner.Title) + " · " + t.Note
		} else if o.Thing.Path != "" {
			t.Path = o.Thing.Path
		}
		if t.DaysLeft < 0 {
			t.Tone = ui.Late
		}
		out = append(out, t)
	}
	return out
}

// doors are the pages that the roles of the actor open.
func doors(p ui.Page, by access.Actor) (out []ui.Link) {
	add := func(role access.Role, key, path string) {
		if by.HasAny(role) {
			out = append(out, ui.Link{Title: p.T(key), Path: path})
		}
	}
	add(access.Officer, "desk.door.project", "/projects/new")
	add(access.Officer, "desk.door.visits", "/visits")
	if by.HasAny(access.Officer) || by.HasAny(access.Funder) {
		out = append(out, ui.Link{Title: p.T("desk.door.call"), Path: "/calls/new"})
	}
	if by.HasAny(access.Lead) || by.HasAny(access.Staff) {
		out = append(out, ui.Link{Title: p.T("desk.door.calls"), Path: "/calls?phase=open"}, ui.Link{Title: p.T("desk.door.offers"), Path: "/desk/offers"})
	}
	out = append(out, ui.Link{Title: p.T("desk.door.topics"), Path: "/desk/topics"})
	if by.HasAny(access.Officer) || by.HasAny(access.Keeper) || by.HasAny(access.Admin) {
		out = append(out, ui.Link{Title: p.T("desk.door.imports"), Path: "/desk/imports"})
	}
	add(access.Expert, "desk.door.marks", "/desk/marks")
	if by.HasAny(access.Officer) || by.HasAny(access.Funder) || by.HasAny(access.Admin) {
		out = append(out, ui.Link{Title: p.T("desk.door.experts"), Path: "/desk/experts"})
	}
	add(access.Keeper, "desk.door.norms", "/norms")
	add(access.Admin, "desk.door.people", "/people")
	add(access.Admin, "desk.door.outbox", "/desk/outbox")
	return append(out, ui.Link{Title: p.T("desk.door.notices"), Path: "/desk/notices"}, ui.Link{Title: p.T("desk.door.account"), Path: "/account"})
}
