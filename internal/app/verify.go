package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"birge/internal/accounts"
	"birge/internal/awards"
	"birge/internal/figures"
	"birge/internal/forums"
	"birge/internal/funding"
	"birge/internal/norms"
	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/places"
	"birge/internal/platform/files"
	"birge/internal/platform/imports"
	"birge/internal/platform/journal"
	"birge/internal/projects"
	"birge/internal/resolutions"
)

type verifyCommand struct {
	Config
	Head string `help:"A daily head that somebody kept, as one line."`
}

// Run proves the portal of the folder, and against a kept head when one is given.
func (c *verifyCommand) Run(ctx context.Context) error {
	c.Demo = c.holdsDemo()
	p, err := Open(ctx, c.Config)
	if err != nil {
		return err
	}
	return errors.Join(p.verify(ctx, c.Head), p.Close())
}

func (p *Portal) verify(ctx context.Context, kept string) error {
	var head *journal.Head
	if kept != "" {
		h, err := journal.ParseHead(kept)
		if err != nil {
			return err
		}
		head = &h
	}
	report, err := journal.Verify(ctx, p.DB, p.Keys, p.Kinds(), head)
	if err != nil {
		return err
	}
	halls, err := p.Forums.ProveHalls(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("%d entries, %d rows, %d signed heads", report.Entries, report.Rows, report.Heads)
	if report.Unsealed > 0 {
		fmt.Printf(", %d entries wait for the sealer", report.Unsealed)
	}
	fmt.Println()
	for _, f := range report.Faults {
		fmt.Println("FAULT", f)
	}
	for _, f := range halls {
		fmt.Println("FAULT", f)
	}
	if !report.OK() || len(halls) > 0 {
		return fmt.Errorf("the portal is not as its journal says: %d faults", int64(len(report.Faults)+len(halls))+report.More)
	}
	fmt.Println("the portal is as its journal says")
	return nil
}

// Kinds lists every kind of thing whose rows can be compared with its entries.
func (p *Portal) Kinds() []journal.Kind {
	return slices.Concat(accounts.Kinds(), places.Kinds(), norms.Kinds(), figures.Kinds(), obligations.Kinds(), orgs.Kinds(), projects.Kinds(), funding.Kinds(), panels.Kinds(), forums.Kinds(), awards.Kinds(), resolutions.Kinds(), imports.Things(), []journal.Kind{files.Kind})
}
