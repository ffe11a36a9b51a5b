package sample

import (
	"context"

	"birge/internal/forums"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// fillHall lets those who were admitted into the hall of the first section of a forum
// that runs: one speaks, two wait, three have asked, and two votes have ended. More may
// follow.
func (t *teller) fillHall(ctx context.Context, f forums.Forum, more ...hallStep) error {
	k, err := t.Forums.Keeping(ctx, t.by, f.ID)
	if err != nil {
		return err
	}
	var session ref.ID
	for _, x := range k.Sessions {
		if x.Kind == forums.Section {
			session = x.ID
			break
		}
	}
	lead, err := t.Forums.HandLink(ctx, t.by, f.ID, session, forums.Leads)
	if err != nil {
		return err
	}
	people, err := t.Forums.People(ctx, t.by, f.ID)
	if err != nil {
		return err
	}
	var links []string
	var lines []forums.NewMandate
	for _, x := range people.List {
		if x.State != forums.Admitted {
			continue
		}
		if len(links) == 7 { // somebody comes later
			break
		}
		link, err := t.Forums.EnterByCode(ctx, f.ID, x.Code)
		if err != nil {
			return err
		}
		links = append(links, link)
		if len(lines) < 3 {
			lines = append(lines, forums.NewMandate{Code: x.Code, Of: t.ngos[len(lines)].Name.KK})
		}
	}
	if err := t.Forums.GiveMandates(ctx, t.by, f.ID, lines); err != nil {
		return err
	}
	for _, step := range append([]hallStep{t.speak, t.ask, t.vote, t.voteByMandate}, more...) {
		if err := step(ctx, lead, session, links); err != nil {
			return err
		}
	}
	return t.Forums.EndLinks(ctx, t.by, f.ID)
}

// hallStep is a part of what happens in a hall: by the moderator's link, in a session, by
// the links of those who take part.
type hallStep func(ctx context.Context, lead string, session ref.ID, links []string) error

// speak gives the word to the first of three who ask for it.
func (t *teller) speak(ctx context.Context, lead string, session ref.ID, links []string) error {
	for _, link := range links[:3] {
		if err := t.Forums.AskWord(ctx, access.Actor{}, link, session); err != nil {
			return err
		}
	}
	h, err := t.Forums.Hall(ctx, lead, 0)
	if err != nil {
		return err
	}
	return t.Forums.CallWord(ctx, t.by, lead, h.Queue[0].ID)
}

// ask has three questions asked, two of which the hall sees.
func (t *teller) ask(ctx context.Context, lead string, session ref.ID, links []string) error {
	for i, q := range []struct {
		lang i18n.Lang
		text string
	}{
		{i18n.KK, "Ауылдағы ҮЕҰ-ға үш жылдық қаржыландыру қашан басталады?"},
		{i18n.RU, "Можно ли подавать отчет с телефона, если связь слабая?"},
		{i18n.KK, "Есепті телефоннан тапсыруға бола ма?"},
	} {
		if err := t.Forums.Ask(ctx, access.Actor{}, links[i], session, q.text, q.lang, i == 0); err != nil {
			return err
		}
	}
	h, err := t.Forums.Hall(ctx, lead, 0)
	if err != nil {
		return err
	}
	for _, q := range h.Questions[:2] {
		if err := t.Forums.TurnQuestion(ctx, t.by, lead, q.ID, forums.Shown); err != nil {
			return err
		}
		for _, link := range links[3:6] {
			if err := t.Forums.SupportQuestion(ctx, access.Actor{}, link, q.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// vote has the hall vote openly.
func (t *teller) vote(ctx context.Context, lead string, _ ref.ID, links []string) error {
	v, err := t.Forums.OpenVote(ctx, t.by, lead, forums.NewVote{Manner: forums.Openly, Subject: i18n.Text{
		KK: "Үш жылдық қаржыландыруды қарарға енгіземіз бе?", RU: "Внести трехлетнее финансирование в резолюцию?", EN: "Shall the resolution ask for three-year funding?"}}, false)
	if err != nil {
		return err
	}
	for i, link := range links {
		if err := t.Forums.Cast(ctx, access.Actor{}, link, v.ID, int64(i%5)/3, false); err != nil {
			return err
		}
	}
	_, err = t.Forums.CloseVote(ctx, t.by, lead, v.ID)
	return err
}

// voteByMandate has the organizations vote whose mandates were given out.
func (t *teller) voteByMandate(ctx context.Context, lead string, _ ref.ID, links []string) error {
	v, err := t.Forums.OpenVote(ctx, t.by, lead, forums.NewVote{Manner: forums.ByMandate, Subject: i18n.Text{
		KK: "Келесі форумды қай ауданда өткіземіз?", RU: "В каком районе провести следующий форум?", EN: "In which district shall the next forum be held?"},
		Choices: []i18n.Text{districtNames[0], districtNames[1]}}, false)
	if err != nil {
		return err
	}
	for i, link := range links[:3] {
		if err := t.Forums.Cast(ctx, access.Actor{}, link, v.ID, int64(i%2), false); err != nil {
			return err
		}
	}
	_, err = t.Forums.CloseVote(ctx, t.by, lead, v.ID)
	return err
}

// closeHall ends the turns and has the first question answered.
func (t *teller) closeHall(ctx context.Context, lead string, _ ref.ID, _ []string) error {
	h, err := t.Forums.Hall(ctx, lead, 0)
	if err != nil {
		return err
	}
	if err := t.Forums.EndWord(ctx, t.by, lead, h.Speaker.ID, forums.Spoken); err != nil {
		return err
	}
	for i, x := range h.Queue {
		if err := t.Forums.CallWord(ctx, t.by, lead, x.ID); err != nil {
			return err
		}
		if err := t.Forums.EndWord(ctx, t.by, lead, x.ID, []forums.WordState{forums.Spoken, forums.Skipped}[i%2]); err != nil {
			return err
		}
	}
	return t.Forums.TurnQuestion(ctx, t.by, lead, h.Questions[0].ID, forums.Answered)
}
