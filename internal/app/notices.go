package app

import (
	"context"
	"net/url"
	"strings"

	"birge/internal/funding"
	"birge/internal/notices"
	"birge/internal/notices/noticesweb"
	"birge/internal/orgs"
	"birge/internal/platform/db"
	"birge/internal/platform/mail"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/projects"
	"birge/internal/projects/projectsweb"
)

// buildNotices makes the room that tells people of what they follow.
func (p *Portal) buildNotices() {
	p.Notices = notices.New(p.DB, notices.Deps{
		Zone: p.Zone, Places: p.Places, Obligations: p.Obligations,
		Subject: p.subject, Pages: p.followedPages, Among: p.among, Post: p.postForNotices,
	})
	p.Obligations.Remind = p.Notices.Remind
	p.Accounts.Hold(p.Notices.Holder())
}

// postForNotices writes the letters of notices into the outbox.
func (p *Portal) postForNotices(ctx context.Context, tx *db.Tx, l notices.Letter) error {
	return noticesweb.Letters(p.Words, p.origin(), p.Zone, func(ctx context.Context, tx *db.Tx, l mail.Letter) error {
		return mail.Send(ctx, tx, l)
	})(ctx, tx, l)
}

func (p *Portal) lists() projectsweb.Lists {
	return projectsweb.NewLists(p.Projects, p.Places, p.Norms, p.Search, p.Words)
}

// subject finds what is to be followed at an address without language.
func (p *Portal) subject(ctx context.Context, path string) (notices.Subject, error) {
	at, query, _ := strings.Cut(path, "?")
	section, code, _ := strings.Cut(strings.TrimPrefix(at, "/"), "/")
	id, isID := ref.ParseID(code)
	switch {
	case section == "places":
		if place, ok := p.Places.Tree().ByCode(code); ok {
			return notices.Subject{Ref: place.Ref()}, nil
		}
	case section == "projects" && code == "":
		title, list, err := p.lists().Named(ctx, query)
		return notices.Subject{Ref: ref.Ref{Kind: notices.KindList, Title: title, Path: list}}, err
	case section == "projects" && isID:
		list, err := p.Projects.Named(ctx, []ref.ID{id})
		if err != nil || len(list) == 1 {
			return notices.Subject{Ref: refOf(list)}, err
		}
	case section == "organizations" && isID:
		o, err := p.Orgs.ByID(ctx, id)
		return notices.Subject{Ref: o.Ref()}, err
	case section == "topics" && isID:
		list, err := p.Funding.Topics(ctx, []ref.ID{id})
		if err != nil || len(list) == 1 {
			return notices.Subject{Ref: topicRef(list)}, err
		}
	case section == "obligations" && code == "":
		return p.owedBy(ctx, query)
	}
	return notices.Subject{}, problem.New(problem.NotFound, "problem.not_found")
}

func refOf(list []projects.Project) ref.Ref {
	if len(list) == 0 {
		return ref.Ref{}
	}
	return list[0].Ref()
}

func topicRef(list []funding.Topic) ref.Ref {
	if len(list) == 0 {
		return ref.Ref{}
	}
	return list[0].Ref()
}

// owedBy is what one body owes, as the list of obligations shows it.
func (p *Portal) owedBy(ctx context.Context, query string) (notices.Subject, error) {
	q, err := url.ParseQuery(query)
	id, ok := ref.ParseID(q.Get("body"))
	if err != nil || !ok {
		return notices.Subject{}, problem.New(problem.NotFound, "problem.not_found")
	}
	o, err := p.Orgs.ByID(ctx, id)
	return notices.Subject{Ref: ref.Ref{Kind: notices.KindOwed, ID: id, Title: o.Title(), Path: "/obligations?body=" + id.String()}}, err
}

// followedPages finds the pages of which the journal tells, those that
// everybody may see.
func (p *Portal) followedPages(ctx context.Context, roots []ref.Ref) (map[string]notices.Page, error) {
	out, ids := map[string]notices.Page{}, map[string][]ref.ID{}
	for _, r := range roots {
		ids[r.Kind] = append(ids[r.Kind], r.ID)
	}
	for _, id := range ids["place"] {
		if place, ok := p.Places.Tree().Place(id); ok {
			out[place.Ref().Key()] = notices.Page{Ref: place.Ref(), Places: []ref.ID{id}}
		}
	}
	err := p.DB.View(ctx, func(tx *db.Tx) error {
		list, err := p.Projects.PlacedByIDs(ctx, tx, ids[projects.KindProject])
		for _, pr := range list {
			out[pr.Key()] = notices.Page{Ref: pr.Ref, Places: append(pr.MorePlaces, pr.PlaceID), Sides: []ref.ID{pr.OrgID, pr.FunderID}}
		}
		if err != nil {
			return err
		}
		topics, err := funding.TopicsIn(ctx, tx, ids[funding.KindTopic])
		for _, t := range topics {
			out[t.Ref().Key()] = notices.Page{Ref: t.Ref(), Places: []ref.ID{t.PlaceID}, Sides: []ref.ID{t.ByOrg, t.BodyID}}
		}
		if err != nil {
			return err
		}
		byID, err := p.Orgs.ByIDs(ctx, tx, ids[orgs.Kind])
		for _, o := range byID {
			out[o.Ref().Key()] = notices.Page{Ref: o.Ref(), Places: []ref.ID{o.PlaceID}}
		}
		return err
	})
	return out, err
}

// among says which of the pages a followed list shows.
func (p *Portal) among(_ context.Context, list string, pages []ref.Ref) (shown []ref.Ref, err error) {
	_, query, _ := strings.Cut(list, "?")
	var ids []ref.ID
	for _, r := range pages {
		if r.Kind == projects.KindProject {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	for _, id := range p.lists().Among(query, ids) {
		shown = append(shown, ref.Ref{Kind: projects.KindProject, ID: id})
	}
	return shown, nil
}
