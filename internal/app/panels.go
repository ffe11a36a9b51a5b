package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"birge/internal/awards"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/panels/panelsweb"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// yearsTogether is for how many years work done together counts as a tie.
const yearsTogether = 3

// ties finds what other rooms know of an expert: their own ties in the register, what
// they put forward for an award themselves,
// and of their employer the organizations at its address and those with which it
// carried out projects.
func (p *Portal) ties(ctx context.Context, tx *db.Tx, person, employer ref.ID, day db.Date) ([]ref.ID, error) {
	out, err := orgs.TiedTo(ctx, tx, []string{p.Orgs.PersonByUser(person)}, day)
	if err != nil {
		return nil, err
	}
	own, err := awards.NomineesBy(ctx, tx, person)
	if out = append(out, own...); err != nil || employer == 0 {
		return out, err
	}
	family, err := orgs.Relatives(ctx, tx, []ref.ID{employer})
	if err != nil {
		return nil, err
	}
	near, err := orgs.Neighbours(ctx, tx, employer)
	if err != nil && !problem.Is(err, problem.NotFound) {
		return nil, err
	}
	year, month, today := day.Date()
	past, err := projects.WorkedWith(ctx, tx, family, db.Day(year-yearsTogether, month, today))
	return slices.Concat(out, family, near, past), err
}

// tellMember writes the letters of meetings into the outbox.
func (p *Portal) tellMember(ctx context.Context, tx *db.Tx, l panels.MeetingLetter) error {
	return panelsweb.Letters(p.Words, p.origin(), p.Zone, send)(ctx, tx, l)
}

// inviteExpert mails the offer to join a pool.
func (p *Portal) inviteExpert(ctx context.Context, by access.Actor, email string, scope ref.Ref, lang i18n.Lang) error {
	_, err := p.Accounts.Invite(ctx, by, email, access.Expert, scope, lang)
	return err
}

type verifyCommands struct {
	Portal      verifyCommand            `cmd:"" default:"withargs" help:"Prove that the journal is whole and that every row is as its last entry left it."`
	Certificate verifyCertificateCommand `cmd:"" help:"Tell whether a certificate is as the portal signed it, and stands."`
	Draw        verifyDrawCommand        `cmd:"" help:"Make the draw of a panel again from its published file, or from the panel of a portal."`
}

type verifyDrawCommand struct {
	Config
	Draw string `arg:"" help:"The file of a draw (JSON from the page of the panel), or the id of a panel of the portal."`
}

// Run replays a draw and tells what it found.
func (c *verifyDrawCommand) Run(ctx context.Context) error {
	f, err := c.file(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("panel %s: %d experts, %d works, %d exclusions, %d parts of the seed, %d steps\n",
		f.Panel, len(f.Lists.Experts), len(f.Lists.Works), len(f.Lists.Exclusions), len(f.Parts), len(f.Steps))
	fmt.Println("lists", f.Hash)
	fmt.Println("seed ", f.Seed)
	if at := f.Replay(); at != "" {
		return fmt.Errorf("the draw is not what follows from its lists and its seed: it differs at its %s", at)
	}
	fmt.Println("the draw is what follows from its lists and its seed")
	return nil
}

// file reads the draw from a file, or from the store when there is no such file.
func (c *verifyDrawCommand) file(ctx context.Context) (f panels.DrawFile, err error) {
	body, err := os.ReadFile(c.Draw)
	if err == nil {
		if err := json.Unmarshal(body, &f); err != nil {
			return f, fmt.Errorf("%s is no file of a draw: %w", c.Draw, err)
		}
		return f, nil
	}
	id, ok := ref.ParseID(c.Draw)
	if !ok {
		return f, fmt.Errorf("neither a file nor the id of a panel: %w", err)
	}
	c.Demo = c.holdsDemo()
	p, err := Open(ctx, c.Config)
	if err != nil {
		return f, err
	}
	f, err = p.Panels.File(ctx, id)
	return f, errors.Join(err, p.Close())
}
