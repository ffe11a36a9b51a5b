package app_test

import (
	"fmt"

	"birge/internal/forums"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// gather begins a forum that everybody sees: one that is to come, runs or is over.
func (b *busy) gather() error {
	ctx, day := b.T.Context(), db.DateOf(b.Clock.Now())
	first := day.AddDays(b.dice.IntN(9) - 6)
	if len(b.forums) == 0 { // one runs
		first = day
	}
	f, err := b.Forums.Create(ctx, b.by, forums.NewForum{Plan: forums.Plan{Title: b.words("Форум"), Theme: b.words("Тақырып"), PlaceID: pick(b, b.Places.Tree().Regions()).ID, OrganizerID: pick(b, b.orgs).ID,
		From: first, Until: first.AddDays(1), RegistrationOpens: first.AddDays(-20), RegistrationCloses: first.AddDays(1)}})
	if err == nil {
		f, err = b.Forums.Announce(ctx, b.by, f.ID)
	}
	if err == nil {
		b.forums = append(b.forums, f.ID)
		err = b.Forums.SetQuota(ctx, b.by, f.ID, forums.Everybody, 100)
	}
	return err
}

// retell changes what a forum is about.
func (b *busy) retell() error {
	st, err := b.Forums.Story(b.T.Context(), b.by, pick(b, b.forums))
	if err != nil {
		return err
	}
	plan := st.Forum.Plan
	plan.Theme = b.words("Жаңа тақырып")
	_, err = b.Forums.Edit(b.T.Context(), b.by, st.Forum.ID, 0, plan)
	return err
}

func (b *busy) planSession() error {
	_, err := b.Forums.PlanSession(b.T.Context(), b.by, pick(b, b.forums), 0, 0, forums.NewSession{SessionPlan: forums.SessionPlan{Kind: forums.Section, Title: b.words("Секция")},
		People: []forums.Person{{Duty: forums.Speaker, Name: b.words("Сөйлеуші").KK, Consented: true}}})
	return err
}

func (b *busy) release() error {
	_, err := b.Forums.ReleaseProgramme(b.T.Context(), b.by, pick(b, b.forums))
	return err
}

func (b *busy) closeForum() error {
	_, err := b.Forums.Archive(b.T.Context(), b.by, pick(b, b.forums))
	return err
}

// hallVotes has somebody register, enter the hall and vote there alone.
func (b *busy) hallVotes() error {
	ctx, forum := b.T.Context(), pick(b, b.forums)
	b.guests++
	if err := b.Forums.Register(ctx, b.by, forum, forums.NewRegistration{Kind: "ngo", PlaceID: b.Places.Tree().Regions()[0].ID, Consent: true,
		Private: forums.Private{Name: "Қонақ", Email: fmt.Sprintf("guest%d@example.kz", b.guests), Lang: i18n.KK}}); err != nil {
		return err
	}
	p, err := b.Forums.People(ctx, b.by, forum)
	if err != nil {
		return err
	}
	who := p.List[len(p.List)-1]
	if err := b.Forums.Answer(ctx, b.by, forum, []ref.ID{who.ID}, true); err != nil {
		return err
	}
	link, err := b.Forums.EnterByCode(ctx, forum, who.Code)
	if err != nil {
		return err
	}
	k, err := b.Forums.Keeping(ctx, b.by, forum)
	if err != nil || len(k.Sessions) == 0 {
		return fmt.Errorf("no session has a hall: %w", err)
	}
	lead, err := b.Forums.HandLink(ctx, b.by, forum, k.Sessions[0].ID, forums.Leads)
	if err != nil {
		return err
	}
	v, err := b.Forums.OpenVote(ctx, b.by, lead, forums.NewVote{Manner: forums.Openly, Subject: b.words("Дауыс")}, false)
	if err != nil {
		return err
	}
	if err := b.Forums.Cast(ctx, b.by, link, v.ID, 0, false); err != nil {
		return err
	}
	_, err = b.Forums.CloseVote(ctx, b.by, lead, v.ID)
	return err
}

// forumPages are the pages of the forums that there are now.
func (b *busy) forumPages() []string {
	all := []string{"/kk/forums", "/ru/forums.atom", "/ru/forums.ics", "/api/v1/forums"}
	for _, id := range b.forums {
		st, err := b.Forums.Story(b.T.Context(), b.by, id)
		if err != nil {
			b.T.Fatal(err)
		}
		at := st.Forum.Ref().Path
		all = append(all, "/kk"+at, "/api/v1"+at, "/ru"+at+"/stands", "/kk"+at+"/papers")
		if st.Forum.ProgrammeNo > 0 {
			all = append(all, "/ru"+at+"/programme", "/ru"+at+"/programme.atom", "/kk"+at+"/programme.ics")
		}
		if s := st.State(); s == forums.Finished || s == forums.Archived {
			all = append(all, "/ru"+at+"/archive")
		}
		e, err := b.Forums.EndedVotes(b.T.Context(), b.by, id)
		if err != nil {
			b.T.Fatal(err)
		}
		for _, v := range e.Votes {
			all = append(all, "/kk"+at+"/votes/"+v.ID.String())
		}
	}
	return all
}
