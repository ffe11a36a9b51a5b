package app

import (
	"context"
	"net/url"
	"strings"

	"birge/internal/awards"
	"birge/internal/awards/awardsweb"
	"birge/internal/funding"
	"birge/internal/funding/fundingweb"
	"birge/internal/notices"
	"birge/internal/notices/noticesweb"
	"birge/internal/obligations"
	"birge/internal/obligations/obligationsweb"
	"birge/internal/orgs"
	"birge/internal/orgs/orgsweb"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/mail"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/projects"
	"birge/internal/projects/projectsweb"
	"birge/internal/resolutions"
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

// list is a section of the portal whose list can be followed with its filters.
type list interface {
	// Named names the list with the query and gives its address.
	Named(ctx context.Context, query string) (title i18n.Text, path string, err error)
	// Among says which things the list with the query shows.
	Among(ctx context.Context, query string, ids []ref.ID) ([]ref.ID, error)
}

// list finds a section that is a list, and the kind of its things.
func (p *Portal) list(section string) (l list, kind string) {
	switch section {
	case "projects":
		return projectsweb.NewLists(p.Projects, p.Places, p.Norms, p.Search, p.Words), projects.KindProject
	case "organizations":
		return orgsweb.Lists{Pages: p.orgsPages(), Words: p.Words}, orgs.Kind
	case "calls":
		return fundingweb.CallLists{Pages: p.fundingPages(), Words: p.Words}, funding.KindCall
	case "awards":
		return awardsweb.Lists{Pages: p.awardsPages(), Vocabulary: p.Words}, awards.KindRound
	case "obligations":
		return obligationsweb.Lists{Pages: p.owedPages(), Words: p.Words}, obligations.Kind
	}
	return nil, ""
}

func (p *Portal) orgsPages() *orgsweb.Pages {
	return &orgsweb.Pages{Orgs: p.Orgs, Projects: p.Projects, Places: p.Places, Norms: p.Norms, Search: p.Search,
		Sections: []orgsweb.Section{p.fundingPages().CallsOfOrg, p.panelsPages().BodiesOfOrg, p.awardsPages().OfOrg}}
}

func (p *Portal) owedPages() *obligationsweb.Pages {
	return &obligationsweb.Pages{Owed: p.Obligations, Places: p.Places}
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
	case section == "obligations" && isBody(query):
		return p.owedBy(ctx, query)
	case code == "":
		return p.listed(ctx, section, query)
	case section == "projects" && isID:
		list, err := p.Projects.Named(ctx, []ref.ID{id})
		if err != nil || len(list) == 1 {
			return notices.Subject{Ref: refOf(list)}, err
		}
	case section == "organizations" && isID:
		o, err := p.Orgs.ByID(ctx, id)
		return notices.Subject{Ref: o.Ref()}, err
	case section == "calls" && isID:
		list, err := p.Funding.Calls(ctx, []ref.ID{id})
		if err != nil || len(list) == 1 {
			return notices.Subject{Ref: callRef(list)}, err
		}
	case section == "forums" && isID:
		list, err := p.Forums.Cards(ctx, []ref.ID{id})
		if err != nil || len(list) == 1 {
			return notices.Subject{Ref: forumRef(list)}, err
		}
	case section == "awards" && isID:
		list, err := p.Awards.Cards(ctx, []ref.ID{id})
		if err != nil || len(list) == 1 {
			return notices.Subject{Ref: roundRef(list)}, err
		}
	case section == "resolutions" && isID:
		there, err := p.Resolutions.Documents(ctx, []ref.ID{id})
		if err != nil || len(there) == 1 {
			return notices.Subject{Ref: there[id].Ref()}, err
		}
	case section == "resolutions" && strings.Contains(code, "/items/"):
		return p.followedItem(ctx, code)
	case section == "topics" && isID:
		list, err := p.Funding.Topics(ctx, []ref.ID{id})
		if err != nil || len(list) == 1 {
			return notices.Subject{Ref: topicRef(list)}, err
		}
	}
	return notices.Subject{}, problem.New(problem.NotFound, "problem.not_found")
}

// followedItem is an item of a resolution: code is what its address says after the
// section.
func (p *Portal) followedItem(ctx context.Context, code string) (notices.Subject, error) {
	document, rest, _ := strings.Cut(code, "/items/")
	id, ok := ref.ParseID(rest)
	if !ok {
		return notices.Subject{}, problem.New(problem.NotFound, "problem.not_found")
	}
	y, err := p.Resolutions.ItemStory(ctx, access.Actor{}, id)
	if err == nil && y.DocumentID.String() != document {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	return notices.Subject{Ref: y.Ref()}, err
}

func refOf(list []projects.Project) ref.Ref {
	if len(list) == 0 {
		return ref.Ref{}
	}
	return list[0].Ref()
}

func callRef(list []funding.CallCard) ref.Ref {
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

// listed is a list with its filters.
func (p *Portal) listed(ctx context.Context, section, query string) (notices.Subject, error) {
	l, _ := p.list(section)
	if l == nil {
		return notices.Subject{}, problem.New(problem.NotFound, "problem.not_found")
	}
	title, path, err := l.Named(ctx, query)
	return notices.Subject{Ref: ref.Ref{Kind: notices.KindList, Title: title, Path: path}}, err
}

// isBody tells that a list of obligations is narrowed to one body and nothing else.
func isBody(query string) bool {
	q, err := url.ParseQuery(query)
	return err == nil && len(q) == 1 && q.Get("body") != ""
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
		calls, err := funding.PublishedIn(ctx, tx, ids[funding.KindCall])
		for _, c := range calls {
			out[c.Ref().Key()] = notices.Page{Ref: c.Ref(), Places: []ref.ID{c.PlaceID}, Sides: []ref.ID{c.FunderID}}
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
		rounds, err := awards.PagesIn(ctx, tx, ids[awards.KindRound])
		for _, r := range rounds {
			out[r.Ref().Key()] = notices.Page{Ref: r.Ref(), Places: placesOf(r.PlaceID), Sides: r.Sides}
		}
		if err != nil {
			return err
		}
		documents, err := resolutions.DocumentsIn(ctx, tx, ids[resolutions.Kind])
		for _, d := range documents {
			out[d.Ref().Key()] = notices.Page{Ref: d.Ref(), Places: placesOf(d.PlaceID), Sides: []ref.ID{d.HolderID}}
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

// placesOf is a place as a list, empty for the whole country.
func placesOf(id ref.ID) []ref.ID {
	if id == 0 {
		return nil
	}
	return []ref.ID{id}
}

// among says which of the things a followed list shows.
func (p *Portal) among(ctx context.Context, address string, things []ref.Ref) (shown []ref.Ref, err error) {
	at, query, _ := strings.Cut(address, "?")
	l, kind := p.list(strings.TrimPrefix(at, "/"))
	var ids []ref.ID
	for _, r := range things {
		if r.Kind == kind {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	ids, err = l.Among(ctx, query, ids)
	for _, id := range ids {
		shown = append(shown, ref.Ref{Kind: kind, ID: id})
	}
	return shown, err
}
