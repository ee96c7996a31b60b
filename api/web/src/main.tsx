import { render } from "preact";
import { App } from "./page/app";
import "./page/theme";

render(<App />, document.getElementById("page")!);
