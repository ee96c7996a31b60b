// A part of a picture that is drawn again only when something of it changes: a map may have thousands.
import { Component } from "preact";

export abstract class Still<Props extends object> extends Component<Props> {
  override shouldComponentUpdate(next: Readonly<Props>): boolean {
    return (Object.keys(next) as (keyof Props)[]).some((name) => next[name] !== this.props[name]);
  }
}
