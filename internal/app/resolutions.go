package app

import (
	"context"
	"strings"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/resolutions"
	"birge/internal/resolutions/resolutionsweb"
)

// buildResolutions makes the room that follows what people decided together.
func (p *Portal) buildResolutions() {
	p.Resolutions = resolutions.New(p.DB, resolutions.Deps{Zone: p.Zone, Places: p.Places, Norms: p.Norms, Obligations: p.Obligations, Forums: p.Forums, Panels: p.Panels, Tell: p.tellBody, Post: p.writeToGuest, Find: p.fulfils})
	p.Accounts.Hold(resolutions.Holder())
}

func (p *Portal) resolutionPages() *resolutionsweb.Pages {
	return &resolutionsweb.Pages{Resolutions: p.Resolutions, Forums: p.Forums, Orgs: p.Orgs, Places: p.Places, Norms: p.Norms, Search: p.Search, Words: func() *i18n.Words { return p.Words }}
}

func (p *Portal) resolutionsPost() resolutionsweb.Post {
	return resolutionsweb.Post{Words: func() *i18n.Words { return p.Words }, Base: p.origin(), Send: send}
}

// tellBody writes to a body that is asked for something, or that has answered.
func (p *Portal) tellBody(ctx context.Context, tx *db.Tx, l resolutions.Letter) error {
	return p.resolutionsPost().Tell(ctx, tx, l)
}

// writeToGuest writes to somebody who proposes or supports without an account.
func (p *Portal) writeToGuest(ctx context.Context, tx *db.Tx, l resolutions.GuestLetter) error {
	return p.resolutionsPost().Write(ctx, tx, l)
}

func (p *Portal) placeRefByKATO(kato string) (ref.Ref, bool) {
	place, ok := p.Places.Tree().ByKATO(kato)
	return place.Ref(), ok
}

// fulfils finds what can fulfil an item at an address: a call, a project, a topic,
// the meeting that decided.
func (p *Portal) fulfils(ctx context.Context, path string) (ref.Ref, bool, error) {
	section, code, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if end := strings.IndexAny(code, "/?#"); end >= 0 { // the results of a call lead to the call
		code = code[:end]
	}
	id, ok := ref.ParseID(code)
	if !ok {
		return ref.Ref{}, false, nil
	}
	switch section {
	case "projects":
		list, err := p.Projects.Named(ctx, []ref.ID{id})
		return refOf(list), len(list) == 1, err
	case "calls":
		list, err := p.Funding.Calls(ctx, []ref.ID{id})
		return callRef(list), len(list) == 1, err
	case "topics":
		list, err := p.Funding.Topics(ctx, []ref.ID{id})
		return topicRef(list), len(list) == 1, err
	case "forums":
		list, err := p.Forums.Cards(ctx, []ref.ID{id})
		return forumRef(list), len(list) == 1, err
	case "meetings":
		return p.openMeeting(ctx, id)
	}
	return ref.Ref{}, false, nil
}

// openMeeting is a meeting that everybody may see.
func (p *Portal) openMeeting(ctx context.Context, id ref.ID) (r ref.Ref, ok bool, err error) {
	err = p.DB.View(ctx, func(tx *db.Tx) error {
		m, err := p.Panels.MeetingIn(ctx, tx, id)
		if problem.Is(err, problem.NotFound) {
			return nil
		}
		r, ok = m.Ref(), m.Public()
		return err
	})
	return r, ok, err
}
