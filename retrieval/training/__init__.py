"""Trains the embedded encoder: data, contrastive steps, recipe, export with its card."""
